package dev.sotto.homeserver.journal;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.sotto.homeserver.db.Database;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes changes durable, in one order.
///
/// One thread drains all changes that wait, runs them in one database transaction, forces it to
/// disk, publishes the new head and only then lets the requests be answered. Under no load a change
/// waits for nothing; under load many share one forced write.
public final class Journal implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);
  private static final int QUEUE_CAPACITY = 4096;
  private static final int MAX_BATCH = 512;
  private static final long IDLE_MILLIS = 250;

  private record Submitted<T>(
      Change<T> change, CompletableFuture<T> future, @Nullable Consumer<Throwable> onFailure) {
    void fail(Throwable cause) {
      if (onFailure != null) {
        try {
          onFailure.accept(cause);
        } catch (RuntimeException | Error e) {
          log.error("what follows a failure failed", e);
        }
      }
      future.completeExceptionally(cause);
    }
  }

  private final BlockingQueue<Submitted<?>> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
  private final Recent recent = new Recent();
  private final Latest latest;
  private final Watchers watchers = new Watchers();
  private final Writer writer;
  private final Upkeep upkeep;
  private final Thread thread;
  private volatile long head;

  // Nothing more is put in line; nothing more can be published.
  private volatile boolean closing;
  private volatile boolean broken;

  // Nobody takes from the queue any more.
  private volatile boolean stopped;

  public Journal(Database database) {
    writer = new Writer(database);
    upkeep = new Upkeep(writer);
    head = writer.head();
    latest = new Latest(head);
    thread = Thread.ofPlatform().name("journal").start(this::run);
  }

  /// The last published position: every row up to it is on disk and visible.
  public long head() {
    return head;
  }

  public Watchers watchers() {
    return watchers;
  }

  /// Feeds the rows of (from, to] to `reader`; false if some are too old to be in memory, after
  /// which what was read does not count.
  public boolean recent(long from, long to, Consumer<Row> reader) {
    return recent.read(from, to, reader);
  }

  /// A position after which there is no published row of `stream` about `topic`: that of the
  /// newest, or where none is known, one that is no earlier.
  public long latest(Stream stream, long topic) {
    return latest.position(stream, topic);
  }

  /// Runs a change and returns when it is on disk and published.
  ///
  /// @throws JournalException if it could not be made durable; and what the change itself throws
  public <T> T write(Change<T> change) {
    return submit(change, null).await();
  }

  /// Runs a change that has nothing to tell, and returns when it is on disk and published.
  ///
  /// @throws JournalException if it could not be made durable; and what the change itself throws
  public void change(Consumer<Transaction> change) {
    Pending<Boolean> pending =
        submit(
            transaction -> {
              change.accept(transaction);
              return true;
            },
            null);
    pending.await();
  }

  /// Puts a change in line: changes are run in the order of submission. Blocks while the line is
  /// full.
  ///
  /// @param onFailure hears of a change that failed, before later ones of the same batch complete;
  ///   for undoing what was advanced in memory. May be null.
  public <T> Pending<T> submit(Change<T> change, @Nullable Consumer<Throwable> onFailure) {
    if (Thread.currentThread().equals(thread)) {
      throw new IllegalStateException("a change cannot wait for another change");
    }
    if (closing) {
      throw refusal();
    }
    CompletableFuture<T> future = new CompletableFuture<>();
    Submitted<T> submitted = new Submitted<>(change, future, onFailure);
    try {
      queue.put(submitted);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JournalException("interrupted before a change was submitted", e);
    }
    if (stopped && queue.remove(submitted)) {
      throw refusal();
    }
    return new Pending<>(future);
  }

  private static JournalException refusal() {
    return new JournalException("nothing more is written", new IllegalStateException("stopped"));
  }

  /// Throws if what was committed may never be published, since the disk or this program failed.
  ///
  /// @throws JournalException if so
  public void requireIntact() {
    if (broken) {
      throw refusal();
    }
  }

  private void run() {
    List<Submitted<?>> batch = new ArrayList<>(MAX_BATCH);
    try {
      while (!broken && (!closing || !queue.isEmpty())) {
        batch.clear();
        if (await(batch)) {
          commit(batch);
          upkeep.afterBatch();
        } else if (upkeep.whileIdle()) {
          force(List.of());
        }
      }
    } catch (RuntimeException | Error e) {
      log.error("the journal failed; nothing more is written", e);
      breakDown();
      batch.forEach(submitted -> submitted.fail(e));
    } finally {
      refuseTheRest();
    }
  }

  /// Writes nothing more, and has the next start look for the last commit.
  private void breakDown() {
    broken = true;
    closing = true;
    writer.suspect();
  }

  /// Waits for changes; false if there was nothing to do for a while.
  private boolean await(List<Submitted<?>> batch) {
    try {
      Submitted<?> first = upkeep.isDue() ? queue.poll(IDLE_MILLIS, MILLISECONDS) : queue.take();
      if (first == null) {
        return false;
      }
      batch.add(first);
      queue.drainTo(batch, MAX_BATCH - 1);
      return true;
    } catch (InterruptedException e) {
      log.warn("the journal's thread was interrupted; it goes on", e);
      return false;
    }
  }

  /// Whoever is put in line while this runs either sees that nobody takes any more, or is refused
  /// here.
  private void refuseTheRest() {
    closing = true;
    try {
      writer.close();
    } finally {
      stopped = true;
      List<Submitted<?>> rest = new ArrayList<>();
      queue.drainTo(rest);
      rest.forEach(submitted -> submitted.fail(refusal()));
    }
  }

  private void commit(List<Submitted<?>> batch) {
    List<Runnable> answers = new ArrayList<>(batch.size());
    Transaction transaction;
    try {
      transaction = writer.begin(head);
      for (Submitted<?> submitted : batch) {
        apply(transaction, submitted, answers);
      }
      writer.commit(transaction);
    } catch (RuntimeException | Error e) {
      writer.rollback();
      if (batch.size() == 1) {
        batch.getFirst().fail(e);
        return;
      }
      log.debug("a batch failed; its changes are run one by one", e);
      for (Submitted<?> alone : batch) {
        if (broken) {
          alone.fail(refusal());
        } else {
          commit(List.of(alone));
        }
      }
      return;
    }
    // From here on the changes are in the database: they must not be run again.
    if (force(batch)) {
      publish(transaction);
      answers.forEach(Runnable::run);
    }
  }

  /// Forces a committed batch to disk. Where the disk fails, nothing can be promised any more: what
  /// is there may be gone after a restart, so neither this batch nor any later one is answered.
  private boolean force(List<Submitted<?>> batch) {
    try {
      writer.force();
      return true;
    } catch (SQLException e) {
      log.error("the disk failed while changes were forced to it; nothing more is written", e);
      breakDown();
      JournalException failure = new JournalException("the disk failed", e);
      batch.forEach(submitted -> submitted.fail(failure));
      return false;
    }
  }

  /// Runs one change of a batch. One that throws is undone alone where the database can do so;
  /// where its rows already sit in a shared batch, the whole batch is run again one by one.
  private <T> void apply(Transaction transaction, Submitted<T> submitted, List<Runnable> answers) {
    Transaction.Mark mark = transaction.mark();
    writer.savepoint(transaction);
    T result;
    try {
      result = submitted.change.apply(transaction);
    } catch (RuntimeException e) {
      if (transaction.broken() || transaction.batched() || submitted.onFailure != null) {
        throw e;
      }
      writer.rollbackToSavepoint();
      transaction.undo(mark);
      answers.add(() -> submitted.fail(e));
      return;
    }
    answers.add(() -> submitted.future.complete(result));
  }

  private void publish(Transaction transaction) {
    for (Runnable hook : transaction.hooks()) {
      try {
        hook.run();
      } catch (RuntimeException | Error e) {
        // The change is on disk, so its request must not fail; the hook is our bug.
        log.error("what follows a commit failed", e);
      }
    }
    transaction.rows().forEach(recent::add);
    transaction.rows().forEach(latest::add);
    head = transaction.lastPosition();
    transaction.rows().forEach(row -> watchers.wake(row.topics()));
  }

  /// Writes what was submitted, then stops.
  @Override
  public void close() {
    closing = true;
    try {
      // Not an interrupt: it would close the database's file under a write.
      Submitted<?> last = new Submitted<>(_ -> head, new CompletableFuture<>(), null);
      while (thread.isAlive() && !queue.offer(last, IDLE_MILLIS, MILLISECONDS)) {
        log.debug("waiting for the changes in line");
      }
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
