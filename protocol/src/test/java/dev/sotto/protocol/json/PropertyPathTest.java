package dev.sotto.protocol.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.NullNode;

class PropertyPathTest {
  @Test
  void dotsPartNamesUnlessTheyAreEscaped() {
    assertEquals(List.of("type"), PropertyPath.parse("type").names());
    assertEquals(List.of("content", "body"), PropertyPath.parse("content.body").names());
    assertEquals(
        List.of("content", "m.relates_to", "rel_type"),
        PropertyPath.parse("content.m\\.relates_to.rel_type").names());
    assertEquals(List.of("content", "m\\foo"), PropertyPath.parse("content.m\\\\foo").names());
    assertEquals(List.of("a\\x", ""), PropertyPath.parse("a\\x.").names());
  }

  @Test
  void findsWhatIsThereAndNothingElse() {
    var event = Json.parseObject("{\"content\":{\"a.b\":{\"c\":1},\"n\":null,\"s\":\"x\"}}");
    assertEquals(IntNode.valueOf(1), PropertyPath.parse("content.a\\.b.c").find(event));
    assertEquals(NullNode.getInstance(), PropertyPath.parse("content.n").find(event));
    assertNull(PropertyPath.parse("content.a.b.c").find(event));
    assertNull(PropertyPath.parse("content.s.length").find(event));
  }
}
