package dev.sotto.protocol.rules;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Decides whether an event may be part of its room.
///
/// Signatures are not looked at, with one exception: the offer that a third-party invitation
/// redeems. Whose signatures an event needs, `EventSignatures.required` says.
///
/// @spec https://spec.matrix.org/v1.19/server-server-api/#authorization-rules
public final class AuthRules {
  private AuthRules() {}

  /// What of a room's state an event must refer to in its `auth_events`: of these keys those that
  /// are set. Each key comes once.
  ///
  /// @spec https://spec.matrix.org/v1.19/server-server-api/#auth-events-selection
  public static List<StateKey> authEventKeys(
      RoomVersion version,
      String type,
      UserId sender,
      @Nullable String stateKey,
      ObjectNode content) {
    if (type.equals(EventTypes.CREATE)) {
      return List.of();
    }
    List<StateKey> keys = new ArrayList<>(6);
    if (!version.roomIdFromCreate()) {
      keys.add(StateKey.CREATE);
    }
    keys.add(StateKey.POWER_LEVELS);
    keys.add(StateKey.member(sender));
    if (type.equals(EventTypes.MEMBER) && stateKey != null) {
      addMembershipKeys(version, stateKey, content, keys);
    }
    return keys;
  }

  private static void addMembershipKeys(
      RoomVersion version, String target, ObjectNode content, List<StateKey> keys) {
    addOnce(keys, new StateKey(EventTypes.MEMBER, target));
    String membership = text(content, "membership");
    if (membership == null) {
      return;
    }
    boolean join = membership.equals(MembershipRules.JOIN);
    boolean invite = membership.equals(MembershipRules.INVITE);
    if (join || invite || membership.equals(MembershipRules.KNOCK)) {
      keys.add(StateKey.JOIN_RULES);
    }
    if (invite
        && content.get("third_party_invite") instanceof ObjectNode offer
        && offer.get("signed") instanceof ObjectNode signed) {
      String token = text(signed, "token");
      if (token != null) {
        keys.add(StateKey.thirdPartyInvite(token));
      }
    }
    if (join && version.auth().restrictedJoins()) {
      String authoriser = text(content, MembershipRules.AUTHORISED_VIA);
      if (authoriser != null) {
        addOnce(keys, new StateKey(EventTypes.MEMBER, authoriser));
      }
    }
  }

  /// Whether `event` may follow on `authState`: the state before it, or the state that its
  /// `auth_events` make up.
  public static AuthResult check(RoomVersion version, Event event, StateView authState) {
    if (event.type().equals(EventTypes.CREATE)) {
      return checkCreate(version, event);
    }
    Event create = authState.get(StateKey.CREATE);
    if (create == null) {
      return AuthResult.denied("This room has not been created.");
    }
    if (version.roomIdFromCreate() && !isNamedAfter(event, create)) {
      return AuthResult.denied("This event belongs to another room.");
    }
    if (isFederationOff(create) && !sameServer(event.sender().value(), create.sender().value())) {
      return AuthResult.denied("This room admits only users of the server that it was created on.");
    }
    if (event.type().equals(EventTypes.ALIASES) && version.auth().aliases()) {
      return checkAliases(event);
    }
    PowerLevels levels = PowerLevels.of(version, authState.get(StateKey.POWER_LEVELS), create);
    if (event.type().equals(EventTypes.MEMBER)) {
      return new MembershipRules(version, event, authState, create, levels).check();
    }
    if (!MembershipRules.JOIN.equals(MembershipRules.membership(authState, event.sender()))) {
      return AuthResult.denied("Only members of this room can do this.");
    }
    return checkMemberEvent(version, event, authState, create, levels);
  }

  /// The rules for all that a member sends, memberships excepted.
  private static AuthResult checkMemberEvent(
      RoomVersion version, Event event, StateView authState, Event create, PowerLevels levels) {
    long senderLevel = levels.of(event.sender());
    String type = event.type();
    if (type.equals(EventTypes.THIRD_PARTY_INVITE)) {
      return senderLevel >= levels.invite()
          ? AuthResult.allowed()
          : AuthResult.denied("Inviting takes a higher power level in this room.");
    }
    if (levels.toSend(type, event.isState()) > senderLevel) {
      return AuthResult.denied(
          "Sending events of type " + type + " takes a higher power level in this room.");
    }
    String stateKey = event.stateKey();
    if (stateKey != null && stateKey.startsWith("@") && !stateKey.equals(event.sender().value())) {
      return AuthResult.denied("State under a user's id can be set by that user alone.");
    }
    if (type.equals(EventTypes.POWER_LEVELS)) {
      return PowerLevelRules.check(
          version, event, authState.get(StateKey.POWER_LEVELS), create, senderLevel);
    }
    if (type.equals(EventTypes.REDACTION) && version.auth().redactions()) {
      return checkRedaction(version, event, levels, senderLevel);
    }
    return AuthResult.allowed();
  }

  /// Whether `authEvents`, the events that `event` names as its own, are those that it should name.
  /// The events must all be there; `rejected` tells those that this server has rejected.
  public static AuthResult checkAuthEvents(
      RoomVersion version, Event event, Collection<Event> authEvents, Predicate<Event> rejected) {
    if (event.type().equals(EventTypes.CREATE)) {
      return AuthResult.allowed();
    }
    Set<StateKey> expected =
        Set.copyOf(
            authEventKeys(
                version, event.type(), event.sender(), event.stateKey(), event.content()));
    Set<StateKey> seen = new HashSet<>();
    for (Event authEvent : authEvents) {
      if (!authEvent.isState() || !expected.contains(authEvent.key())) {
        return AuthResult.denied("This event refers to an event that does not bear on it.");
      }
      if (!seen.add(authEvent.key())) {
        return AuthResult.denied("This event refers to two events for the same piece of state.");
      }
      if (rejected.test(authEvent)) {
        return AuthResult.denied("This event refers to an event that was rejected.");
      }
      RoomId room = authEvent.roomId();
      if (room == null || !room.equals(event.roomId())) {
        return AuthResult.denied("This event refers to an event of another room.");
      }
    }
    if (!version.roomIdFromCreate() && !seen.contains(StateKey.CREATE)) {
      return AuthResult.denied("This event does not refer to the room's create event.");
    }
    return AuthResult.allowed();
  }

  private static AuthResult checkCreate(RoomVersion version, Event event) {
    if (!event.prevEvents().isEmpty()) {
      return AuthResult.denied("A create event must be the first of its room.");
    }
    RoomId room = event.roomId();
    if (version.roomIdFromCreate()) {
      if (room != null) {
        return AuthResult.denied("A create event of this room version must not name its room.");
      }
    } else if (room == null || !sameServer(room.value(), event.sender().value())) {
      return AuthResult.denied("A room can be created only on its creator's server.");
    }
    JsonNode named = event.content().get("room_version");
    if (named != null && !(named.isString() && RoomVersions.of(named.stringValue()).isPresent())) {
      return AuthResult.denied("This room version is not known.");
    }
    if (!version.auth().senderIsCreator() && !event.content().has("creator")) {
      return AuthResult.denied("A create event of this room version must name its creator.");
    }
    if (version.auth().privilegedCreators() && !hasValidAdditionalCreators(event)) {
      return AuthResult.denied("'additional_creators' must be a list of user ids.");
    }
    return AuthResult.allowed();
  }

  private static boolean hasValidAdditionalCreators(Event create) {
    JsonNode creators = create.content().get("additional_creators");
    if (creators == null) {
      return true;
    }
    if (!(creators instanceof ArrayNode array)) {
      return false;
    }
    for (JsonNode creator : array) {
      if (!creator.isString() || !isUserId(creator.stringValue())) {
        return false;
      }
    }
    return true;
  }

  private static AuthResult checkAliases(Event event) {
    String server = event.stateKey();
    if (server == null) {
      return AuthResult.denied("Aliases are state, and need a state key.");
    }
    return event.sender().server().value().equals(server)
        ? AuthResult.allowed()
        : AuthResult.denied("A server's aliases can be set only by its own users.");
  }

  private static AuthResult checkRedaction(
      RoomVersion version, Event event, PowerLevels levels, long senderLevel) {
    var target = Redaction.target(version, event);
    if (senderLevel >= levels.redact()
        || (target != null && sameServer(target.value(), event.id().value()))) {
      return AuthResult.allowed();
    }
    return AuthResult.denied("Redacting others' events takes a higher power level in this room.");
  }

  private static boolean isNamedAfter(Event event, Event create) {
    RoomId room = event.roomId();
    if (room == null) {
      return false;
    }
    String id = create.id().value();
    return room.value().length() == id.length()
        && room.value().regionMatches(1, id, 1, id.length() - 1);
  }

  private static boolean isFederationOff(Event create) {
    JsonNode federate = create.content().get("m.federate");
    return federate != null && federate.isBoolean() && !federate.booleanValue();
  }

  /// Whether two identifiers end in the same server name; those that name none have none in common.
  private static boolean sameServer(String a, String b) {
    int colonA = a.indexOf(':');
    int colonB = b.indexOf(':');
    return colonA >= 0 && colonB >= 0 && a.substring(colonA).equals(b.substring(colonB));
  }

  static boolean isUserId(String value) {
    try {
      new UserId(value);
      return true;
    } catch (MatrixException _) {
      return false;
    }
  }

  static @Nullable String text(ObjectNode object, String name) {
    return object.get(name) instanceof StringNode value ? value.stringValue() : null;
  }

  private static void addOnce(List<StateKey> keys, StateKey key) {
    if (!keys.contains(key)) {
      keys.add(key);
    }
  }
}
