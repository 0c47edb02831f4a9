package dev.sotto.protocol.event;

import dev.sotto.protocol.id.UserId;

/// What a state event sets: its type and its state key.
public record StateKey(String type, String key) {
  public static final StateKey CREATE = new StateKey(EventTypes.CREATE, "");
  public static final StateKey POWER_LEVELS = new StateKey(EventTypes.POWER_LEVELS, "");
  public static final StateKey JOIN_RULES = new StateKey(EventTypes.JOIN_RULES, "");
  public static final StateKey HISTORY_VISIBILITY = new StateKey(EventTypes.HISTORY_VISIBILITY, "");
  public static final StateKey GUEST_ACCESS = new StateKey(EventTypes.GUEST_ACCESS, "");
  public static final StateKey ENCRYPTION = new StateKey(EventTypes.ENCRYPTION, "");
  public static final StateKey CANONICAL_ALIAS = new StateKey(EventTypes.CANONICAL_ALIAS, "");
  public static final StateKey NAME = new StateKey(EventTypes.NAME, "");
  public static final StateKey TOPIC = new StateKey(EventTypes.TOPIC, "");
  public static final StateKey AVATAR = new StateKey(EventTypes.AVATAR, "");
  public static final StateKey PINNED_EVENTS = new StateKey(EventTypes.PINNED_EVENTS, "");
  public static final StateKey SERVER_ACL = new StateKey(EventTypes.SERVER_ACL, "");
  public static final StateKey TOMBSTONE = new StateKey(EventTypes.TOMBSTONE, "");

  /// A user's membership.
  public static StateKey member(UserId user) {
    return new StateKey(EventTypes.MEMBER, user.value());
  }

  /// The offer of an invitation to somebody outside Matrix.
  public static StateKey thirdPartyInvite(String token) {
    return new StateKey(EventTypes.THIRD_PARTY_INVITE, token);
  }
}
