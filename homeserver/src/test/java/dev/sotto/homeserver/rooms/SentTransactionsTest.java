package dev.sotto.homeserver.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SentTransactionsTest {
  private static final UserId ALICE = RoomWorld.user("alice");
  private static final Draft.Sent SENT = new Draft.Sent(new DeviceId("PHONE"), "txn");

  @Test
  void aRetryDuringTheSendWaitsForItThoughNoDeviceIsHeld() throws Exception {
    try (RoomWorld world = new RoomWorld()) {
      Users users = new Users(world.database, world.journal);
      SentTransactions transactions =
          new SentTransactions(new RoomStore(world.database, users), users, 0);
      CompletableFuture<EventId> retried = new CompletableFuture<>();
      EventId first =
          send(
              transactions,
              () -> {
                System.gc();
                Thread retry =
                    Thread.ofPlatform()
                        .start(
                            () ->
                                retried.complete(send(transactions, () -> new EventId("$twice"))));
                while (retry.isAlive() && retry.getState() != Thread.State.WAITING) {
                  Thread.onSpinWait();
                }
                return new EventId("$once");
              });
      assertEquals(new EventId("$once"), first);
      assertEquals(new EventId("$once"), retried.get());
    }
  }

  private static EventId send(SentTransactions transactions, Supplier<EventId> send) {
    return transactions.once(ALICE, SENT, 1, "m.room.message", send);
  }
}
