package dev.sotto.protocol.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class CanonicalJsonPropertiesTest {
  @Provide
  Arbitrary<JsonNode> values() {
    return JsonTrees.values();
  }

  @Provide
  Arbitrary<ObjectNode> objects() {
    return JsonTrees.objects();
  }

  @Provide
  Arbitrary<String> texts() {
    return JsonTrees.texts();
  }

  @Property(tries = 500)
  void parsingTheCanonicalFormGivesTheValueBack(@ForAll("values") JsonNode value) {
    byte[] canonical = CanonicalJson.encode(value);
    JsonNode again = Json.parse(canonical);
    // Compared as text: an integer is of another class once it was parsed.
    assertEquals(Json.mapper().readTree(value.toString()), again);
    assertArrayEquals(canonical, CanonicalJson.encode(again));
  }

  @Property(tries = 300)
  void orderOfMembersDoesNotMatter(@ForAll("objects") ObjectNode object, @ForAll long seed) {
    List<String> names = new ArrayList<>(object.propertyNames());
    Collections.shuffle(names, new Random(seed));
    ObjectNode shuffled = Json.object();
    names.forEach(name -> shuffled.set(name, object.get(name)));
    assertArrayEquals(CanonicalJson.encode(object), CanonicalJson.encode(shuffled));
  }

  @Property(tries = 500)
  void orderOfKeysIsThatOfTheirUtf8Bytes(@ForAll("texts") String a, @ForAll("texts") String b) {
    int byBytes =
        Arrays.compareUnsigned(
            a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    assertEquals(
        Integer.signum(byBytes), Integer.signum(CanonicalJson.CODE_POINT_ORDER.compare(a, b)));
  }
}
