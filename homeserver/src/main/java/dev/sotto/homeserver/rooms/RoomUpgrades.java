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
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Replaces a room by one of another version.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-upgrades
public final class RoomUpgrades {
  private static final Logger log = LoggerFactory.getLogger(RoomUpgrades.class);

  /// What the new room takes over; bans come beside it. The power levels come last, see
  /// [#ownLevels].
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
          EventTypes.CANONICAL_ALIAS,
          EventTypes.SPACE_CHILD);

  private static final int MAX_CARRIED = 200;
  private static final long ADMINISTRATOR = 100;
  private static final long TOMBSTONE_LEVEL = 150;
  private static final long CLOSED_LEVEL = 50;

  private final RoomServices services;
  private final RoomCreation creation;
  private final RoomPublication publication;
  private final MembershipChanges memberships;
  private final Gate gate;

  public RoomUpgrades(
      RoomServices services,
      RoomCreation creation,
      RoomPublication publication,
      MembershipChanges memberships,
      Gate gate) {
    this.services = services;
    this.creation = creation;
    this.publication = publication;
    this.memberships = memberships;
    this.gate = gate;
  }

  /// Makes the new room, points the old one at it and closes the old one; returns the new one.
  ///
  /// @param old a room that the user is joined to
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
    Set<UserId> creators = new LinkedHashSet<>();
    if (version.auth().privilegedCreators()) {
      additionalCreators.forEach(id -> creators.add(new UserId(id)));
      creators.remove(user);
    }
    PowerLevels levels = old.state().powerLevels(old.version());
    if (levels.of(user) < levels.toSend(EventTypes.TOMBSTONE, true)) {
      throw MatrixException.forbidden("You may not upgrade this room.");
    }
    Room next = creation.replacement(user, wish(old, user, version, creators));
    try {
      services
          .writer()
          .append(
              old,
              farewell(old, user, levels, next),
              transaction -> publication.replace(transaction, old, next));
    } catch (RuntimeException e) {
      abandon(next, user);
      throw e;
    }
    return next;
  }

  /// Nobody shall find a new room among theirs that the old one does not point at: it has no other
  /// member, and is in no directory.
  private void abandon(Room next, UserId user) {
    try {
      memberships.leave(next, user, null);
      memberships.forget(next, user);
    } catch (MatrixException e) {
      log.debug("a room for an upgrade that failed is left as it is: {}", e.getMessage());
    }
  }

  private static NewRoom wish(Room old, UserId user, RoomVersion version, Set<UserId> creators) {
    RoomState state = old.state();
    ObjectNode creationContent = state.create().content().deepCopy();
    creationContent.remove("additional_creators");
    ObjectNode predecessor = creationContent.putObject("predecessor");
    predecessor.put("room_id", old.id().value());
    if (!version.roomIdFromCreate()) {
      // The newest event before the tombstone, which cannot be made before it has a room to name.
      predecessor.put("event_id", old.snapshot().recent().getLast().id().value());
    }
    if (!creators.isEmpty()) {
      ArrayNode named = creationContent.putArray("additional_creators");
      creators.forEach(creator -> named.add(creator.value()));
    }
    List<NewRoom.InitialState> carried = carried(state);
    ObjectNode levels = levels(old, user, version, creators);
    ObjectNode own = levels == null ? null : ownLevels(levels, user, version);
    if (levels != null && own != null) {
      carried.add(new NewRoom.InitialState(EventTypes.POWER_LEVELS, "", levels));
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
        carried,
        "private_chat",
        null,
        own == null ? levels : own);
  }

  /// What is carried over in the order in which it was set; of a space with very many children the
  /// oldest.
  private static List<NewRoom.InitialState> carried(RoomState state) {
    List<NewRoom.InitialState> carried = new ArrayList<>();
    state.all().stream()
        .filter(
            event ->
                CARRIED.contains(event.type())
                    || event.isMember() && Membership.of(event) == Membership.BAN)
        .sorted(
            Comparator.comparing((StoredEvent event) -> !"".equals(event.stateKey()))
                .thenComparingLong(StoredEvent::position))
        .limit(MAX_CARRIED - 1)
        .forEach(
            event ->
                carried.add(
                    new NewRoom.InitialState(event.type(), event.stateKey(), event.content())));
    return carried;
  }

  /// The old room's levels in the form of the new version: where creators stand above all, they may
  /// not be named; where they do not any more, they are administrators.
  private static @Nullable ObjectNode levels(
      Room old, UserId user, RoomVersion version, Set<UserId> creators) {
    StoredEvent current = old.state().stored(StateKey.POWER_LEVELS);
    if (current == null) {
      return null;
    }
    ObjectNode content = current.content().deepCopy();
    if (!version.auth().privilegedCreators()) {
      if (old.version().auth().privilegedCreators()) {
        StoredEvent create = old.state().create();
        ObjectNode users = users(content);
        users.put(create.sender().value(), ADMINISTRATOR);
        create
            .content()
            .path("additional_creators")
            .forEach(creator -> users.put(creator.stringValue(), ADMINISTRATOR));
      }
    } else {
      if (content.get("users") instanceof ObjectNode users) {
        users.remove(user.value());
        creators.forEach(creator -> users.remove(creator.value()));
      }
      if (content.get("events") instanceof ObjectNode events) {
        events.put(EventTypes.TOMBSTONE, TOMBSTONE_LEVEL);
      } else {
        content.putObject("events").put(EventTypes.TOMBSTONE, TOMBSTONE_LEVEL);
      }
    }
    return content;
  }

  /// Levels under which `user` can set up the room, where `levels` does not allow it: they hold
  /// until the last of the carried state, so that nobody rises by upgrading a room. Null if
  /// `levels` will do.
  private static @Nullable ObjectNode ownLevels(
      ObjectNode levels, UserId user, RoomVersion version) {
    if (version.auth().privilegedCreators()
        || levels.path("users").path(user.value()).longValue(0) >= ADMINISTRATOR) {
      return null;
    }
    ObjectNode raised = levels.deepCopy();
    users(raised).put(user.value(), ADMINISTRATOR);
    return raised;
  }

  private static ObjectNode users(ObjectNode levels) {
    return levels.get("users") instanceof ObjectNode users ? users : levels.putObject("users");
  }

  /// The old room's last events: the tombstone, and where `user` may do so, that from now on it
  /// takes more to speak in the room or to invite to it, and that it has no name in the directory.
  private List<Draft> farewell(Room old, UserId user, PowerLevels levels, Room next) {
    ObjectNode tombstone =
        Json.object()
            .put("body", "This room has been replaced")
            .put("replacement_room", next.id().value());
    List<Draft> drafts = new ArrayList<>();
    drafts.add(new Draft(user, gate.admit(EventTypes.TOMBSTONE, "", tombstone)));
    StoredEvent aliases = old.state().stored(StateKey.CANONICAL_ALIAS);
    if (aliases != null
        && !aliases.content().isEmpty()
        && levels.of(user) >= levels.toSend(EventTypes.CANONICAL_ALIAS, true)) {
      drafts.add(new Draft(user, gate.admit(EventTypes.CANONICAL_ALIAS, "", Json.object())));
    }
    ObjectNode closed = closed(old, user, levels);
    if (closed != null) {
      drafts.add(new Draft(user, gate.admit(EventTypes.POWER_LEVELS, "", closed)));
    }
    return drafts;
  }

  private static @Nullable ObjectNode closed(Room old, UserId user, PowerLevels levels) {
    StoredEvent current = old.state().stored(StateKey.POWER_LEVELS);
    if (current == null || levels.of(user) < levels.toSend(EventTypes.POWER_LEVELS, true)) {
      return null;
    }
    ObjectNode content = current.content().deepCopy();
    long usersDefault = content.path("users_default").longValue(0);
    long closed = Math.max(usersDefault + 1, CLOSED_LEVEL);
    long speak = Math.max(closed, content.path("events_default").longValue(0));
    long invite = Math.max(closed, levels.invite());
    if (levels.of(user) < Math.max(speak, invite)) {
      return null;
    }
    content.put("events_default", speak);
    content.put("invite", invite);
    return content;
  }
}
