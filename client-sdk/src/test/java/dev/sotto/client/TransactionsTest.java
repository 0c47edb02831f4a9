package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.FailingStore;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.RoomId;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class TransactionsTest {
  private static final RoomId OTHER = new RoomId("!other:example.org");
  private final MemoryStore store = new MemoryStore();

  private static String named(CryptoStore store) {
    return new Transactions(store, new SecureRandom()).named(Sandbox.ROOM, "yes");
  }

  @Test
  void nameStandsForTheSameInEachProcess() {
    assertEquals(named(store), named(store));
  }

  @Test
  void nameStandsForOthersInOtherRooms() {
    Transactions transactions = new Transactions(store, new SecureRandom());
    assertNotEquals(transactions.named(Sandbox.ROOM, "yes"), transactions.named(OTHER, "yes"));
  }

  @Test
  void whoKnowsRoomAndNameCannotTellWhatItStandsForOnAnotherDevice() {
    assertNotEquals(named(store), named(new MemoryStore()));
  }

  @Test
  void afterALogoutNamesStandForOthers() {
    String before = named(store);
    new Kept(store).dropWithoutSession();
    assertNotEquals(before, named(store));
  }

  @Test
  void nothingIsNamedWithAKeyThatIsNotKept() {
    CryptoStore full = new FailingStore(store, 0, FailingStore.Way.ONCE);
    Transactions transactions = new Transactions(full, new SecureRandom());
    assertThrows(FailingStore.Failure.class, () -> transactions.named(Sandbox.ROOM, "yes"));
    assertEquals(transactions.named(Sandbox.ROOM, "yes"), named(store));
  }
}
