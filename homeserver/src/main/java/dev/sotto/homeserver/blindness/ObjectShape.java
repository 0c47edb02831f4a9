package dev.sotto.homeserver.blindness;

import dev.sotto.protocol.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// An object with certain members; what else it has is left out, or refused where it is
/// [#nothingElse]. It never changes: each method makes another one.
final class ObjectShape implements Shape {
  private record Member(Shape shape, boolean needed) {}

  private final Map<String, Member> members;
  private final Map<String, String> fixed;
  private final boolean closed;
  private final boolean mayBeEmpty;

  private ObjectShape(
      Map<String, Member> members, Map<String, String> fixed, boolean closed, boolean mayBeEmpty) {
    this.members = members;
    this.fixed = fixed;
    this.closed = closed;
    this.mayBeEmpty = mayBeEmpty;
  }

  /// An object of which nothing is kept.
  static ObjectShape object() {
    return new ObjectShape(Map.of(), Map.of(), false, false);
  }

  ObjectShape needs(String name, Shape shape) {
    return with(name, new Member(shape, true));
  }

  ObjectShape may(String name, Shape shape) {
    return with(name, new Member(shape, false));
  }

  private ObjectShape with(String name, Member member) {
    Map<String, Member> more = new LinkedHashMap<>(members);
    more.put(name, member);
    return new ObjectShape(more, fixed, closed, mayBeEmpty);
  }

  /// It has this member with this text, whatever it came with.
  ObjectShape says(String name, String text) {
    Map<String, String> more = new LinkedHashMap<>(fixed);
    more.put(name, text);
    return new ObjectShape(members, more, closed, mayBeEmpty);
  }

  /// It is refused if it has any other member.
  ObjectShape nothingElse() {
    return new ObjectShape(members, fixed, true, mayBeEmpty);
  }

  /// It may be empty as well, which is how clients take back what they have set.
  ObjectShape orEmpty() {
    return new ObjectShape(members, fixed, closed, true);
  }

  @Override
  public ObjectNode keep(JsonNode value) {
    if (!(value instanceof ObjectNode object)) {
      throw new Misfit("must be an object");
    }
    if (mayBeEmpty && object.isEmpty()) {
      return object;
    }
    if (closed) {
      refuseOthers(object);
    }
    ObjectNode kept = Json.object();
    members.forEach(
        (name, member) -> {
          JsonNode part = keep(name, member, object.get(name));
          if (part != null) {
            kept.set(name, part);
          }
        });
    fixed.forEach((name, text) -> kept.set(name, StringNode.valueOf(text)));
    return kept;
  }

  /// Does not name the member that is too many: what stands there could be the message.
  private void refuseOthers(ObjectNode object) {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!members.containsKey(member.getKey()) && !fixed.containsKey(member.getKey())) {
        throw new Misfit("may only hold " + String.join(", ", members.keySet()));
      }
    }
  }

  private @Nullable JsonNode keep(String name, Member member, @Nullable JsonNode value) {
    try {
      if (value != null && (closed || !value.isNull())) {
        return member.shape.keep(value);
      }
      if (member.needed) {
        throw new Misfit("is missing");
      }
      return null;
    } catch (Misfit e) {
      throw e.inside(name);
    }
  }
}
