package dev.sotto.protocol.json;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Random JSON values that have a canonical form.
public final class JsonTrees {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int MAX_NESTING = 4;

  private JsonTrees() {}

  /// Any value. Without shrinking, which takes hours on trees.
  public static Arbitrary<JsonNode> values() {
    return Arbitraries.randomValue(random -> value(random, 0));
  }

  /// Any object.
  public static Arbitrary<ObjectNode> objects() {
    return Arbitraries.randomValue(random -> object(random, 0));
  }

  /// Text of all of Unicode, escapes and astral characters among it.
  public static Arbitrary<String> texts() {
    return Arbitraries.randomValue(JsonTrees::text);
  }

  private static JsonNode value(Random random, int nesting) {
    return switch (random.nextInt(nesting < MAX_NESTING ? 8 : 5)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.numberNode(integer(random));
      case 3, 4 -> NODES.stringNode(text(random));
      case 5 -> {
        ArrayNode array = NODES.arrayNode();
        for (int n = random.nextInt(5); n > 0; n--) {
          array.add(value(random, nesting + 1));
        }
        yield array;
      }
      default -> object(random, nesting);
    };
  }

  private static ObjectNode object(Random random, int nesting) {
    ObjectNode object = NODES.objectNode();
    for (int n = random.nextInt(6); n > 0; n--) {
      object.set(text(random), value(random, nesting + 1));
    }
    return object;
  }

  private static long integer(Random random) {
    long most = CanonicalJson.MAX_INTEGER;
    return switch (random.nextInt(4)) {
      case 0 -> random.nextBoolean() ? most : -most;
      case 1 -> random.nextLong(-most, most + 1);
      default -> random.nextInt(-100, 101);
    };
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(8); n > 0; n--) {
      int point = random.nextInt(random.nextBoolean() ? 0x80 : Character.MAX_CODE_POINT + 1);
      if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
        text.appendCodePoint(point);
      }
    }
    return text.toString();
  }
}
