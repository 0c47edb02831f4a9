package dev.sotto.client.encryption.megolm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.store.FailingStore;
import dev.sotto.client.store.FailingStore.Way;
import dev.sotto.client.store.MemoryStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/// Wherever it breaks, no index is used twice and no key is lost.
class BreakingTest {
  private static final int MANY = 60;

  private final MemoryStore store = new MemoryStore();

  @ParameterizedTest
  @EnumSource(names = {"FOR_GOOD", "ONCE"})
  void whateverWasHandedOutCanBeReadByAllAndIsNoReplay(Way way) {
    boolean whole = false;
    for (int changes = 0; !whole; changes++) {
      assertTrue(changes < MANY);
      whole = breaksAfter(changes, way);
    }
  }

  /// Has Alice write while her store breaks, and write on in a later process.
  ///
  /// @return whether it did not break at all
  private static boolean breaksAfter(int changes, Way way) {
    MemoryStore kept = new MemoryStore();
    Party made = new Party("@alice:a.org", "PHONE", kept);
    made.encryptsRoom();
    FailingStore breaking = new FailingStore(kept, changes, way);
    Party bob = new Party("@bob:b.org", "LAPTOP", new MemoryStore());
    Party carol = new Party("@carol:c.org", "DESK", new MemoryStore());
    made.reaches(bob, carol);
    Party alice = made.restarted(breaking);
    List<ObjectNode> handedOut = new ArrayList<>();
    writes(alice, handedOut, bob, carol);
    if (way == Way.ONCE) {
      writes(alice, handedOut, bob, carol);
    }
    alice = alice.restarted(kept);
    writes(alice, handedOut, bob, carol);

    Set<String> indexes = new HashSet<>();
    for (ObjectNode event : handedOut) {
      for (Party reader : List.of(alice, bob, carol)) {
        assertEquals("hello", reader.text(event), "after " + changes + " changes");
      }
      assertTrue(indexes.add(index(alice, event)));
    }
    assertTrue(handedOut.size() >= 4);
    List.of(alice, bob, carol).forEach(Party::close);
    return !breaking.hasFailed();
  }

  private static void writes(Party alice, List<ObjectNode> handedOut, Party... others) {
    try {
      alice.shares(others);
      handedOut.add(alice.encrypts("hello"));
      handedOut.add(alice.encrypts("hello"));
      alice.keys.rooms().heardVisibility(Party.ROOM, "shared");
      alice.shares(others);
      handedOut.add(alice.encrypts("hello"));
      alice.delivers(others);
      handedOut.add(alice.encrypts("hello"));
    } catch (FailingStore.Failure _) {
      // The next process goes on.
    }
  }

  private static String index(Party reader, ObjectNode event) {
    try {
      DecryptedEvent read = reader.reads(event);
      return event.path("content").path("session_id") + " " + read.index();
    } catch (DecryptionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatCouldNotBeKeptWasNotRead() {
    Party alice = new Party("@alice:a.org", "PHONE", new MemoryStore());
    Voice voice = new Voice(alice);
    Party bob = new Party("@bob:b.org", "LAPTOP", store);
    voice.sharesWith(bob);
    ObjectNode event = voice.text("hello");
    bob = bob.restarted(new FailingStore(store, 0, Way.FOR_GOOD));
    Party broken = bob;
    assertThrows(FailingStore.Failure.class, () -> broken.reads(event));
    // Nor is its index taken from it in this process.
    assertThrows(FailingStore.Failure.class, () -> broken.reads(event));
    bob = bob.restarted(store);
    assertEquals("hello", bob.text(event));
    voice.close();
    alice.close();
    bob.close();
  }
}
