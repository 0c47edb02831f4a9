package dev.sotto.homeserver.push;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// What the rules of a user make of an event.
///
/// @param notifies whether the user is to be told of it
/// @param highlight whether it stands out; never without that
/// @param actions of the rule that applies
public record Verdict(boolean notifies, boolean highlight, ArrayNode actions) {
  static Verdict of(ArrayNode actions) {
    boolean notifies = false;
    boolean highlight = false;
    for (JsonNode action : actions) {
      notifies |= action.asString("").equals("notify");
      if (action.path("set_tweak").asString("").equals("highlight")) {
        JsonNode value = action.get("value");
        highlight = value == null || value.asBoolean(true);
      }
    }
    return new Verdict(notifies, notifies && highlight, actions);
  }
}
