package dev.sotto.homeserver.push;

import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules that every user has, the most important first.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#predefined-rules
final class DefaultRules {
  /// The one that stands above even the user's own rules.
  static final String MASTER = ".m.rule.master";

  private static final String OVERRIDE =
      """
      [
        {"rule_id": ".m.rule.master", "enabled": false, "conditions": [], "actions": []},
        {"rule_id": ".m.rule.suppress_notices",
         "conditions": [
           {"kind": "event_match", "key": "content.msgtype", "pattern": "m.notice"}],
         "actions": []},
        {"rule_id": ".m.rule.invite_for_me",
         "conditions": [
           {"kind": "event_match", "key": "type", "pattern": "m.room.member"},
           {"kind": "event_match", "key": "content.membership", "pattern": "invite"},
           {"kind": "event_match", "key": "state_key", "pattern": "@user"}],
         "actions": ["notify", {"set_tweak": "sound", "value": "default"}]},
        {"rule_id": ".m.rule.member_event",
         "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.member"}],
         "actions": []},
        {"rule_id": ".m.rule.is_user_mention",
         "conditions": [
           {"kind": "event_property_contains", "key": "content.m\\\\.mentions.user_ids",
            "value": "@user"}],
         "actions": [
           "notify", {"set_tweak": "sound", "value": "default"}, {"set_tweak": "highlight"}]},
        {"rule_id": ".m.rule.is_room_mention",
         "conditions": [
           {"kind": "event_property_is", "key": "content.m\\\\.mentions.room", "value": true},
           {"kind": "sender_notification_permission", "key": "room"}],
         "actions": ["notify", {"set_tweak": "highlight"}]},
        {"rule_id": ".m.rule.tombstone",
         "conditions": [
           {"kind": "event_match", "key": "type", "pattern": "m.room.tombstone"},
           {"kind": "event_match", "key": "state_key", "pattern": ""}],
         "actions": ["notify", {"set_tweak": "highlight"}]},
        {"rule_id": ".m.rule.reaction",
         "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.reaction"}],
         "actions": []},
        {"rule_id": ".m.rule.room.server_acl",
         "conditions": [
           {"kind": "event_match", "key": "type", "pattern": "m.room.server_acl"},
           {"kind": "event_match", "key": "state_key", "pattern": ""}],
         "actions": []},
        {"rule_id": ".m.rule.suppress_edits",
         "conditions": [
           {"kind": "event_property_is", "key": "content.m\\\\.relates_to.rel_type",
            "value": "m.replace"}],
         "actions": []}
      ]
      """;
  private static final String UNDERRIDE =
      """
      [
        {"rule_id": ".m.rule.call",
         "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.call.invite"}],
         "actions": ["notify", {"set_tweak": "sound", "value": "ring"}]},
        {"rule_id": ".m.rule.encrypted_room_one_to_one",
         "conditions": [
           {"kind": "room_member_count", "is": "2"},
           {"kind": "event_match", "key": "type", "pattern": "m.room.encrypted"}],
         "actions": ["notify", {"set_tweak": "sound", "value": "default"}]},
        {"rule_id": ".m.rule.room_one_to_one",
         "conditions": [
           {"kind": "room_member_count", "is": "2"},
           {"kind": "event_match", "key": "type", "pattern": "m.room.message"}],
         "actions": ["notify", {"set_tweak": "sound", "value": "default"}]},
        {"rule_id": ".m.rule.message",
         "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.message"}],
         "actions": ["notify"]},
        {"rule_id": ".m.rule.encrypted",
         "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.encrypted"}],
         "actions": ["notify"]}
      ]
      """;

  private DefaultRules() {}

  /// The default rules of one kind.
  static List<PushRule> of(RuleKind kind, UserId user) {
    return switch (kind) {
      case OVERRIDE -> read(OVERRIDE, user);
      case UNDERRIDE -> read(UNDERRIDE, user);
      case CONTENT, ROOM, SENDER -> List.of();
    };
  }

  private static List<PushRule> read(String definitions, UserId user) {
    List<PushRule> rules = new ArrayList<>();
    for (var definition : Json.parseObject("{\"rules\":" + definitions + "}").get("rules")) {
      ArrayNode conditions = (ArrayNode) definition.get("conditions");
      for (var condition : conditions) {
        for (String name : List.of("pattern", "value")) {
          if (condition.path(name).asString("").equals("@user")) {
            ((ObjectNode) condition).put(name, user.value());
          }
        }
      }
      rules.add(
          new PushRule(
              definition.get("rule_id").stringValue(),
              true,
              definition.path("enabled").asBoolean(true),
              conditions,
              null,
              (ArrayNode) definition.get("actions")));
    }
    return rules;
  }
}
