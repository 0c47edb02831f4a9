package dev.sotto.homeserver.rooms;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.protocol.event.StateKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// How somebody wants a new room to be.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3createroom
public record NewRoom(
    @Nullable String visibility,
    @Nullable String roomAliasName,
    @Nullable String name,
    @Nullable String topic,
    @Nullable List<String> invite,
    @JsonProperty("invite_3pid") @Nullable List<ObjectNode> inviteThirdParty,
    @Nullable String roomVersion,
    @Nullable ObjectNode creationContent,
    @Nullable List<InitialState> initialState,
    @Nullable String preset,
    @Nullable Boolean isDirect,
    @Nullable ObjectNode powerLevelContentOverride) {

  /// A state event that the room begins with.
  public record InitialState(String type, @Nullable String stateKey, ObjectNode content) {
    StateKey key() {
      return new StateKey(type, stateKey == null ? "" : stateKey);
    }
  }

  boolean isPublic() {
    return "public".equals(visibility);
  }
}
