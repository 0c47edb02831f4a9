package dev.sotto.client.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.error.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store does, wherever it keeps things.
abstract class CryptoStoreContract {
  private CryptoStore store;

  abstract CryptoStore open();

  @BeforeEach
  void begin() {
    store = open();
  }

  @AfterEach
  void end() {
    store.close();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Change put(String group, String name, String value) {
    return new Change.Put(Shelf.OLM_SESSIONS, group, name, bytes(value));
  }

  private String get(String group, String name) {
    return new String(
        store.get(Shelf.OLM_SESSIONS, group, name).orElseThrow(), StandardCharsets.UTF_8);
  }

  @Test
  void whatWasPutIsThere() {
    store.apply(
        List.of(put("alice", "one", "1"), put("alice", "two", "2"), put("bob", "one", "3")));
    assertEquals("1", get("alice", "one"));
    assertEquals("2", get("alice", "two"));
    assertEquals("3", get("bob", "one"));
  }

  @Test
  void whatWasNeverPutIsNotThere() {
    store.apply(List.of(put("alice", "one", "1")));
    assertTrue(store.get(Shelf.OLM_SESSIONS, "alice", "two").isEmpty());
    assertTrue(store.get(Shelf.OLM_SESSIONS, "bob", "one").isEmpty());
    assertTrue(store.get(Shelf.DEVICES, "alice", "one").isEmpty());
    assertTrue(store.group(Shelf.OLM_SESSIONS, "bob").isEmpty());
  }

  @Test
  void aGroupHoldsItsOwnAndNothingElse() {
    store.apply(
        List.of(
            put("alice", "one", "1"),
            put("alice", "two", "2"),
            put("alic", "eone", "3"),
            new Change.Put(Shelf.DEVICES, "alice", "three", bytes("4"))));
    assertEquals(Set.of("one", "two"), store.group(Shelf.OLM_SESSIONS, "alice").keySet());
    assertArrayEquals(bytes("2"), store.group(Shelf.OLM_SESSIONS, "alice").get("two"));
    assertEquals(Set.of("eone"), store.group(Shelf.OLM_SESSIONS, "alic").keySet());
  }

  @Test
  void theLastChangeOfANameCounts() {
    store.apply(
        List.of(
            put("alice", "one", "old"),
            put("alice", "one", "new"),
            put("alice", "two", "gone"),
            new Change.Delete(Shelf.OLM_SESSIONS, "alice", "two")));
    assertEquals("new", get("alice", "one"));
    store.apply(List.of(put("alice", "one", "newer")));
    assertEquals(Set.of("one"), store.group(Shelf.OLM_SESSIONS, "alice").keySet());
    assertEquals("newer", get("alice", "one"));
    store.apply(
        List.of(
            new Change.Delete(Shelf.OLM_SESSIONS, "alice", "one"),
            new Change.Delete(Shelf.OLM_SESSIONS, "alice", "never there")));
    assertTrue(store.group(Shelf.OLM_SESSIONS, "alice").isEmpty());
  }

  @Test
  void aStoreThatWasClearedIsAsNew() {
    store.apply(
        List.of(
            put("alice", "one", "1"), new Change.Put(Shelf.STATE, "group", "name", bytes("2"))));
    store.clear();
    assertTrue(store.get(Shelf.OLM_SESSIONS, "alice", "one").isEmpty());
    assertTrue(store.group(Shelf.STATE, "group").isEmpty());
    store.clear();
    store.apply(List.of(put("alice", "one", "3")));
    assertEquals("3", get("alice", "one"));
  }

  @Test
  void changesOfACallAreMadeTogetherOrNotAtAll() {
    List<Change> changes = new ArrayList<>(List.of(put("alice", "one", "1")));
    changes.add(null);
    assertThrows(NullPointerException.class, () -> store.apply(changes));
    assertTrue(store.get(Shelf.OLM_SESSIONS, "alice", "one").isEmpty());
  }

  @Test
  void anythingCanBeAValueOrAName() {
    byte[] large = new byte[300_000];
    large[299_999] = 7;
    String name = "né\u0000 \uD83D\uDE00".repeat(100);
    store.apply(
        List.of(
            new Change.Put(Shelf.STATE, "", "", new byte[0]),
            new Change.Put(Shelf.STATE, name, name, large)));
    assertArrayEquals(new byte[0], store.get(Shelf.STATE, "", "").orElseThrow());
    assertArrayEquals(large, store.group(Shelf.STATE, name).get(name));
  }

  @Test
  void whatIsHandedOutAndInIsACopy() {
    byte[] value = bytes("1");
    store.apply(List.of(new Change.Put(Shelf.STATE, "g", "n", value)));
    value[0] = 'x';
    store.get(Shelf.STATE, "g", "n").orElseThrow()[0] = 'y';
    store.group(Shelf.STATE, "g").values().forEach(copy -> copy[0] = 'z');
    assertArrayEquals(bytes("1"), store.get(Shelf.STATE, "g", "n").orElseThrow());
  }

  @Test
  void aClosedStoreSaysSo() {
    store.close();
    store.close();
    StoreException refused =
        assertThrows(StoreException.class, () -> store.get(Shelf.STATE, "g", "n"));
    assertEquals(StoreException.Reason.CLOSED, refused.reason());
    assertThrows(StoreException.class, () -> store.apply(List.of(put("a", "b", "c"))));
  }

  @Test
  void aChangeSaysNothingOfItsValue() {
    assertFalse(put("alice", "one", "secret").toString().contains("secret"));
  }
}
