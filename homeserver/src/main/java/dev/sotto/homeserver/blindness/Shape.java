package dev.sotto.homeserver.blindness;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// What a piece of JSON may be.
@FunctionalInterface
interface Shape {
  /// What of `value` may be kept; `value` itself is not changed.
  ///
  /// @throws Misfit if it is something else
  JsonNode keep(JsonNode value);

  /// The shape of a text that stands elsewhere than in JSON.
  default void check(String text) {
    keep(StringNode.valueOf(text));
  }
}
