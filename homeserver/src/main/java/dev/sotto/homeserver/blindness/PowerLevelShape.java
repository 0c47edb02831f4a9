package dev.sotto.homeserver.blindness;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Power levels: the tables of `known`, and beside them levels for whatever there is, since new
/// ones come with each year. What is neither is left out.
record PowerLevelShape(Shape level, ObjectShape known) implements Shape {
  @Override
  public JsonNode keep(JsonNode value) {
    ObjectNode kept = known.keep(value);
    for (Map.Entry<String, JsonNode> member : value.properties()) {
      if (!kept.has(member.getKey()) && isLevel(member.getKey(), member.getValue())) {
        kept.set(member.getKey(), member.getValue());
      }
    }
    return kept;
  }

  private boolean isLevel(String name, JsonNode value) {
    try {
      Shapes.EVENT_TYPE.check(name);
      level.keep(value);
      return true;
    } catch (Misfit _) {
      return false;
    }
  }
}
