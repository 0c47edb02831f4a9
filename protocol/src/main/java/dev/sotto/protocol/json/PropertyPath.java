package dev.sotto.protocol.json;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Where a property sits inside of an event: `content.m\.relates_to.rel_type`.
///
/// @param names the names of the properties to step into, outermost first; never empty
/// @spec https://spec.matrix.org/v1.19/appendices/#dot-separated-property-paths
public record PropertyPath(List<String> names) {
  public PropertyPath {
    names = List.copyOf(names);
  }

  /// Takes a path apart; a dot or backslash after a backslash belongs to the name.
  public static PropertyPath parse(String path) {
    List<String> names = new ArrayList<>(4);
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      char next = i + 1 < path.length() ? path.charAt(i + 1) : 0;
      if (c == '\\' && (next == '.' || next == '\\')) {
        name.append(next);
        i++;
      } else if (c == '.') {
        names.add(name.toString());
        name.setLength(0);
      } else {
        name.append(c);
      }
    }
    names.add(name.toString());
    return new PropertyPath(names);
  }

  /// The value at this path, or null if there is none; an explicit null is a node.
  public @Nullable JsonNode find(JsonNode root) {
    JsonNode node = root;
    for (String name : names) {
      if (!node.isObject()) {
        return null;
      }
      node = node.get(name);
      if (node == null) {
        return null;
      }
    }
    return node;
  }
}
