package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.encryption.attachment.Attachments;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private final Sandbox sandbox = new Sandbox();
  private final AtomicInteger fetched = new AtomicInteger();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch slow = new CountDownLatch(1);
  private final History history =
      new History(
          sandbox.machine.history(),
          new Backups(sandbox.machine.backup(), sandbox.pump, sandbox.calls, () -> {}),
          sandbox.currency,
          sandbox.outlet,
          new Downloads(sandbox.calls, new Attachments(new SecureRandom())),
          sandbox.pump,
          sandbox.handlers,
          new LeftOutDevices(sandbox.handlers),
          this::fetches);

  @AfterEach
  void close() {
    sandbox.close();
  }

  private void fetches() {
    if (fetched.incrementAndGet() == 1) {
      begun.countDown();
      try {
        slow.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void whoAsksWhileItIsFetchedDoesNotWaitAndHasItFetchedOnceMore() throws InterruptedException {
    Thread fetching = Thread.ofVirtual().start(history::fetch);
    begun.await();
    history.fetch();
    history.fetch();
    history.fetch();
    slow.countDown();
    fetching.join();
    assertEquals(2, fetched.get());
    history.fetch();
    assertEquals(3, fetched.get());
  }

  /// What is left to fetch after the server has answered so, and what is told.
  private int left(int status, String errcode, List<Problem> told) {
    slow.countDown();
    new OfferedHistory(sandbox);
    assertEquals(1, sandbox.machine.history().toFetch().size());
    sandbox.handlers.addProblems(told::add);
    sandbox.server.answer(status, "{\"errcode\":\"" + errcode + "\",\"error\":\"\"}");
    history.fetch();
    assertEquals(1, sandbox.server.seen().size());
    return sandbox.machine.history().toFetch().size();
  }

  @Test
  void whatIsGoneIsNotAskedForAgainAndToldOf() {
    List<Problem> told = new ArrayList<>();
    assertEquals(0, left(404, "M_NOT_FOUND", told));
    assertEquals(Problem.Kind.ENCRYPTION, told.getFirst().kind());
    assertEquals(Optional.of(Sandbox.ROOM), told.getFirst().room());
  }

  @Test
  void whatAServerDoesNotGiveThatHasLoggedUsOutIsAskedForAgain() {
    List<Problem> told = new ArrayList<>();
    assertEquals(1, left(401, "M_UNKNOWN_TOKEN", told));
    assertEquals(List.of(), told);
  }
}
