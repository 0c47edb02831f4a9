package dev.sotto.homeserver.filters;

import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.json.PropertyPath;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The only fields of events that a client wants.
public final class EventFields {
  private final List<PropertyPath> paths;

  private EventFields(List<PropertyPath> paths) {
    this.paths = paths;
  }

  static @Nullable EventFields of(@Nullable List<String> paths) {
    return paths == null ? null : new EventFields(paths.stream().map(PropertyPath::parse).toList());
  }

  /// A copy of `event` with these fields alone. Fields that it has not are left out.
  public ObjectNode keep(ObjectNode event) {
    ObjectNode kept = Json.object();
    for (PropertyPath path : paths) {
      JsonNode value = path.find(event);
      if (value != null) {
        put(kept, path.names(), value);
      }
    }
    return kept;
  }

  private static void put(ObjectNode into, List<String> names, JsonNode value) {
    ObjectNode object = into;
    for (String name : names.subList(0, names.size() - 1)) {
      // A shorter path was kept before, so what is below it is already there.
      if (object.get(name) instanceof ObjectNode inner) {
        object = inner;
      } else {
        object = object.putObject(name);
      }
    }
    object.set(names.getLast(), value.deepCopy());
  }
}
