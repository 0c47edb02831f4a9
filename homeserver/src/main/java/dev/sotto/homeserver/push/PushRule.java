package dev.sotto.homeserver.push;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One push rule. The trees within are never changed.
///
/// @param isDefault whether every user has it
/// @param conditions what must all hold, for override and underride rules
/// @param pattern the words to look for, for content rules
public record PushRule(
    String id,
    boolean isDefault,
    boolean enabled,
    @Nullable ArrayNode conditions,
    @Nullable String pattern,
    ArrayNode actions) {

  private static final int MAX_PATTERN_LENGTH = 1_000;
  private static final int MAX_CONDITIONS = 50;
  private static final int MAX_ACTIONS = 50;

  PushRule withEnabled(boolean nowEnabled) {
    return new PushRule(id, isDefault, nowEnabled, conditions, pattern, actions);
  }

  PushRule withActions(ArrayNode newActions) {
    return new PushRule(id, isDefault, enabled, conditions, pattern, newActions);
  }

  /// The rule as the API shows it.
  public ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("rule_id", id);
    json.put("default", isDefault);
    json.put("enabled", enabled);
    if (conditions != null) {
      json.set("conditions", conditions);
    }
    if (pattern != null) {
      json.put("pattern", pattern);
    }
    json.set("actions", actions);
    return json;
  }

  /// The rule that a user wants to have.
  ///
  /// @param body what the API was given
  /// @throws MatrixException `M_INVALID_PARAM`, `M_MISSING_PARAM` or `M_BAD_JSON`
  static PushRule ofRequest(RuleKind kind, String id, ObjectNode body) {
    record Wanted(ArrayNode actions, @Nullable ArrayNode conditions, @Nullable String pattern) {}
    Wanted wanted = Json.bind(body, Wanted.class);
    if (kind == RuleKind.CONTENT && wanted.pattern == null) {
      throw MatrixException.invalidParam("A content rule needs a pattern.");
    }
    if (wanted.pattern != null && wanted.pattern.length() > MAX_PATTERN_LENGTH) {
      throw MatrixException.invalidParam("A pattern has at most 1,000 characters.");
    }
    ArrayNode conditions =
        wanted.conditions == null ? Json.mapper().createArrayNode() : wanted.conditions;
    checkConditions(conditions);
    return new PushRule(
        id,
        false,
        true,
        kind.hasConditions() ? conditions : null,
        kind == RuleKind.CONTENT ? wanted.pattern : null,
        checkedActions(wanted.actions));
  }

  /// A rule as it was stored, or null if that is no rule.
  static @Nullable PushRule ofStored(JsonNode json) {
    JsonNode id = json.get("rule_id");
    if (id == null || !id.isString() || !(json.get("actions") instanceof ArrayNode actions)) {
      return null;
    }
    return new PushRule(
        id.stringValue(),
        json.path("default").asBoolean(false),
        json.path("enabled").asBoolean(true),
        json.get("conditions") instanceof ArrayNode conditions ? conditions : null,
        json.path("pattern").stringValue(null),
        actions);
  }

  private static void checkConditions(ArrayNode conditions) {
    if (conditions.size() > MAX_CONDITIONS) {
      throw MatrixException.invalidParam("A push rule has at most 50 conditions.");
    }
    for (JsonNode condition : conditions) {
      if (!condition.path("kind").isString()) {
        throw MatrixException.invalidParam("Each condition needs a 'kind'.");
      }
      if (condition.path("pattern").asString("").length() > MAX_PATTERN_LENGTH) {
        throw MatrixException.invalidParam("A pattern has at most 1,000 characters.");
      }
    }
  }

  /// Actions in their proper form, without those of older versions that mean nothing any more.
  ///
  /// @throws MatrixException `M_INVALID_PARAM` for an action that the spec does not know
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#actions
  static ArrayNode checkedActions(ArrayNode actions) {
    if (actions.size() > MAX_ACTIONS) {
      throw MatrixException.invalidParam("A push rule has at most 50 actions.");
    }
    ArrayNode checked = Json.mapper().createArrayNode();
    for (JsonNode action : actions) {
      String name = action.asString("");
      if (action.path("set_tweak").isString() || name.equals("notify")) {
        checked.add(action);
      } else if (!name.equals("dont_notify") && !name.equals("coalesce")) {
        throw MatrixException.invalidParam("An action is 'notify' or sets a tweak.");
      }
    }
    return checked;
  }
}
