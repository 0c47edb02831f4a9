package dev.sotto.client.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentTest {
  @Test
  void whatWasNotUsedForLongestIsForgotten() {
    Recent<String, Integer> recent = new Recent<>(2);
    recent.put("a", 1);
    recent.put("b", 2);
    assertEquals(1, recent.get("a"));
    recent.put("c", 3);
    assertNull(recent.get("b"));
    assertEquals(1, recent.get("a"));
    assertEquals(3, recent.get("c"));
  }

  @Test
  void whatIsLetGoOfIsHandedOut() {
    List<Integer> dropped = new ArrayList<>();
    Recent<String, Integer> recent = new Recent<>(2, dropped::add);
    recent.put("a", 1);
    recent.put("a", 1);
    assertEquals(List.of(), dropped);
    recent.put("a", 2);
    assertEquals(List.of(1), dropped);
    recent.put("b", 3);
    recent.put("c", 4);
    assertEquals(List.of(1, 2), dropped);
    recent.remove("b");
    recent.clear();
    assertEquals(List.of(1, 2, 3, 4), dropped);
  }
}
