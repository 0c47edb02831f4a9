package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.RoomId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Sees to it that a room calls itself only by aliases that lead to it.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidstateeventtypestatekey
final class CanonicalAliases {
  private final RoomPublication publication;

  CanonicalAliases(RoomPublication publication) {
    this.publication = publication;
  }

  /// Refuses content whose new aliases do not stand for `room`; those that it had stay unchecked.
  ///
  /// @param current what it is to replace, or null
  /// @throws MatrixException `M_INVALID_PARAM` for what is no alias, `M_BAD_ALIAS`
  void check(ObjectNode content, @Nullable ObjectNode current, RoomId room) {
    List<String> known = current == null ? List.of() : known(current);
    for (String alias : aliases(content)) {
      if (!known.contains(alias)
          && publication.resolve(new RoomAlias(alias)).filter(room::equals).isEmpty()) {
        throw doesNotLead(alias);
      }
    }
  }

  /// Refuses content for a new room that names another alias than `own`, the one it is made with.
  static void checkNew(ObjectNode content, @Nullable RoomAlias own) {
    for (String alias : aliases(content)) {
      if (!new RoomAlias(alias).equals(own)) {
        throw doesNotLead(alias);
      }
    }
  }

  private static MatrixException doesNotLead(String alias) {
    return new MatrixException(
        ErrorCode.M_BAD_ALIAS, "The alias " + alias + " does not stand for this room.");
  }

  private static List<String> known(ObjectNode content) {
    List<String> known = new ArrayList<>();
    known.add(content.path("alias").asString(""));
    content.path("alt_aliases").forEach(alias -> known.add(alias.asString("")));
    return known;
  }

  private static List<String> aliases(ObjectNode content) {
    List<String> aliases = new ArrayList<>();
    JsonNode canonical = content.get("alias");
    if (canonical != null && !canonical.isNull()) {
      aliases.add(text(canonical));
    }
    JsonNode others = content.get("alt_aliases");
    if (others instanceof ArrayNode list) {
      list.forEach(alias -> aliases.add(text(alias)));
    } else if (others != null) {
      throw MatrixException.invalidParam("'alt_aliases' must be a list.");
    }
    return aliases;
  }

  private static String text(JsonNode alias) {
    if (!alias.isString()) {
      throw MatrixException.invalidParam("An alias must be a string.");
    }
    return alias.stringValue();
  }
}
