package dev.sotto.client.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StagedStoreTest {
  private final MemoryStore below = new MemoryStore();
  private final StagedStore staged = new StagedStore(below);

  private static Change put(String name, String value) {
    return new Change.Put(Shelf.STATE, "group", name, value.getBytes(UTF_8));
  }

  private static Change delete(String name) {
    return new Change.Delete(Shelf.STATE, "group", name);
  }

  @Test
  void readsSeeWhatIsNotCommitted() {
    below.apply(List.of(put("kept", "1"), put("dropped", "2"), put("changed", "3")));
    staged.apply(List.of(put("new", "4"), delete("dropped"), put("changed", "5")));

    assertEquals(Set.of("kept", "new", "changed"), staged.group(Shelf.STATE, "group").keySet());
    assertTrue(staged.get(Shelf.STATE, "group", "dropped").isEmpty());
    assertArrayEquals(
        "5".getBytes(UTF_8), staged.get(Shelf.STATE, "group", "changed").orElseThrow());
    assertEquals(Set.of("kept", "dropped", "changed"), below.group(Shelf.STATE, "group").keySet());
  }

  @Test
  void aCommitTakesTheLastChangeOfEachName() {
    staged.apply(List.of(put("name", "1")));
    staged.apply(List.of(put("name", "2"), put("gone", "3"), delete("gone")));
    staged.commit();

    assertEquals(Set.of("name"), below.group(Shelf.STATE, "group").keySet());
    assertArrayEquals("2".getBytes(UTF_8), below.get(Shelf.STATE, "group", "name").orElseThrow());
  }

  @Test
  void whatIsNotCommittedIsNotKept() {
    staged.apply(List.of(put("name", "1")));

    assertTrue(below.group(Shelf.STATE, "group").isEmpty());
  }
}
