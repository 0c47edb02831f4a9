package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.rules.PowerLevels;
import dev.sotto.protocol.rules.RoomVersion;
import dev.sotto.protocol.rules.RoomVersions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Replaces a room by one of another version.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-upgrades
public final class RoomUpgrades {
  /// What the new room takes over; bans come beside it.
  private static final Set<String> CARRIED =
      Set.of(
          EventTypes.NAME,
          EventTypes.TOPIC,
          EventTypes.AVATAR,
          EventTypes.JOIN_RULES,
          EventTypes.HISTORY_VISIBILITY,
          EventTypes.GUEST_ACCESS,
          EventTypes.ENCRYPTION,
          EventTypes.SERVER_ACL,
          EventTypes.SPACE_CHILD);

  private final RoomServices services;
  private final RoomCreation creation;
  private final RoomPublication publication;
  private final Gate gate;

  public RoomUpgrades(
      RoomServices services, RoomCreation creation, RoomPublication publication, Gate gate) {
    this.services = services;
    this.creation = creation;
    this.publication = publication;
    this.gate = gate;
  }

  /// Makes the new room, points the old one at it and closes the old one; returns the new one.
  ///
  /// @throws MatrixException `M_UNSUPPORTED_ROOM_VERSION`; `M_FORBIDDEN` for one who may not send
  ///   the old room's tombstone
  public Room upgrade(Room old, UserId user, String newVersion, List<String> additionalCreators) {
    RoomVersion version =
        RoomVersions.of(newVersion)
            .orElseThrow(
                () ->
                    new MatrixException(
                        ErrorCode.M_UNSUPPORTED_ROOM_VERSION,
                        "This server does not know that room version."));
    services.access().requireJoined(old, user);
    PowerLevels levels = old.state().powerLevels(old.version());
    if (levels.of(user) < levels.toSend(EventTypes.TOMBSTONE, true)) {
      throw MatrixException.forbidden("You may not upgrade this room.");
    }
    Room next = creation.create(user, wish(old, user, version, additionalCreators));
    ObjectNode tombstone =
        Json.object()
            .put("body", "This room has been replaced")
            .put("replacement_room", next.id().value());
    services
        .writer()
        .append(
            old,
            List.of(new Draft(user, gate.admit(EventTypes.TOMBSTONE, "", tombstone))),
            transaction -> publication.replace(transaction, old, next));
    close(old, user, levels);
    return next;
  }

  private static NewRoom wish(
      Room old, UserId user, RoomVersion version, List<String> additionalCreators) {
    RoomState state = old.state();
    ObjectNode creationContent = state.create().content().deepCopy();
    creationContent.remove("additional_creators");
    ObjectNode predecessor = creationContent.putObject("predecessor");
    predecessor.put("room_id", old.id().value());
    if (!version.roomIdFromCreate()) {
      // The newest event before the tombstone, which cannot be made before it has a room to name.
      predecessor.put("event_id", old.snapshot().recent().getLast().id().value());
    }
    if (version.roomIdFromCreate() && !additionalCreators.isEmpty()) {
      ArrayNode creators = creationContent.putArray("additional_creators");
      additionalCreators.forEach(id -> creators.add(new UserId(id).value()));
    }
    return new NewRoom(
        null,
        null,
        null,
        null,
        null,
        null,
        version.id(),
        creationContent,
        carried(state),
        "private_chat",
        null,
        powerLevels(state, user, version, additionalCreators));
  }

  private static List<NewRoom.InitialState> carried(RoomState state) {
    List<NewRoom.InitialState> carried = new ArrayList<>();
    for (StoredEvent event : state.all()) {
      boolean ban = event.isMember() && Membership.of(event) == Membership.BAN;
      if (ban || CARRIED.contains(event.type())) {
        carried.add(new NewRoom.InitialState(event.type(), event.stateKey(), event.content()));
      }
    }
    return carried;
  }

  /// The old room's levels in the form of the new version: where creators stand above all, they may
  /// not be named, and whoever upgrades is the creator.
  private static @Nullable ObjectNode powerLevels(
      RoomState state, UserId user, RoomVersion version, List<String> additionalCreators) {
    StoredEvent old = state.stored(StateKey.POWER_LEVELS);
    if (old == null) {
      return null;
    }
    ObjectNode content = old.content().deepCopy();
    if (version.roomIdFromCreate()) {
      if (content.get("users") instanceof ObjectNode users) {
        users.remove(user.value());
        users.remove(additionalCreators);
      }
      content.withObject("events").put(EventTypes.TOMBSTONE, 150);
    } else {
      content.withObject("users").put(user.value(), 100);
    }
    return content;
  }

  /// Raises what is needed to speak in the old room or to invite to it, where `user` may do so.
  private void close(Room old, UserId user, PowerLevels levels) {
    StoredEvent current = old.state().stored(StateKey.POWER_LEVELS);
    if (current == null || levels.of(user) < levels.toSend(EventTypes.POWER_LEVELS, true)) {
      return;
    }
    ObjectNode content = current.content().deepCopy();
    long usersDefault = content.path("users_default").longValue(0);
    long closed = Math.max(usersDefault + 1, 50);
    if (levels.of(user) < closed) {
      return;
    }
    content.put("events_default", Math.max(closed, content.path("events_default").longValue(0)));
    content.put("invite", Math.max(closed, content.path("invite").longValue(0)));
    services
        .writer()
        .append(old, new Draft(user, gate.admit(EventTypes.POWER_LEVELS, "", content)));
  }
}
