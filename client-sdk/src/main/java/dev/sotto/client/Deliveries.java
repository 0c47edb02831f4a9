package dev.sotto.client;

import dev.sotto.client.Inbox.Item;
import dev.sotto.protocol.id.RoomId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Hands items on, those of a room one after the other, those of several rooms at the same time.
///
/// A room has a queue of a limited length and, while there is something in it, a virtual thread of
/// its own. Where a queue is full, whoever adds to it waits, but not for ever.
final class Deliveries {
  static final int QUEUE_LENGTH = 256;

  /// A room's queue. Only seen under the lock.
  private static final class Queue {
    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private @Nullable Thread worker;

    // How long it is waited for in all until half of it is empty again: to wait for each further
    // item would stop the other rooms' news for hours.
    private long patienceNanos;

    Queue(Duration patience) {
      patienceNanos = patience.toNanos();
    }
  }

  private final Consumer<Item> recipient;
  private final Runnable whenIdle;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Map<RoomId, Queue> queues = new HashMap<>();
  private boolean closed;

  /// @param recipient deals with an item; throws nothing
  /// @param whenIdle is run after the last item of a queue
  /// @param patience how long a full queue is waited for, until it was half empty
  Deliveries(Consumer<Item> recipient, Runnable whenIdle, Duration patience) {
    this.recipient = recipient;
    this.whenIdle = whenIdle;
    this.patience = patience;
  }

  /// Queues an item.
  ///
  /// @return false if the room's handlers are so slow that it was not queued
  boolean add(Item item) {
    lock.lock();
    try {
      if (!awaitPlace(item.room())) {
        return closed;
      }
      enqueue(item);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Queues an item that was taken up before, by an earlier run of the program or until its key
  /// came, however many wait: these are kept already, are not many for each room, and the news are
  /// not to wait for them.
  void takeUp(Item item) {
    lock.lock();
    try {
      if (!closed) {
        enqueue(item);
      }
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(Item item) {
    Queue queue = queues.computeIfAbsent(item.room(), _ -> new Queue(patience));
    queue.items.add(item);
    if (queue.worker == null) {
      begin(item.room());
    }
  }

  private boolean awaitPlace(RoomId room) {
    while (!closed) {
      Queue queue = queues.get(room);
      // Nobody else could make room for what a handler itself brings about.
      boolean own = queue != null && Thread.currentThread().equals(queue.worker);
      if (queue == null || own || queue.items.size() < QUEUE_LENGTH) {
        return true;
      }
      if (queue.patienceNanos <= 0) {
        return false;
      }
      try {
        queue.patienceNanos = moved.awaitNanos(queue.patienceNanos);
      } catch (InterruptedException _) {
        // The news end with this answer, so there are not many more; given up it would be lost.
        Thread.currentThread().interrupt();
        return true;
      }
    }
    return false;
  }

  private void work(RoomId room) {
    boolean goesOn = false;
    try {
      for (Item item = next(room); item != null; item = next(room)) {
        goesOn = true;
        recipient.accept(item);
        if (isLast(room)) {
          whenIdle.run();
        }
        goesOn = false;
      }
    } finally {
      if (goesOn) {
        // It broke off at this item, which must not keep the room waiting for ever.
        begin(room);
      }
    }
  }

  private void begin(RoomId room) {
    lock.lock();
    try {
      Queue queue = queues.get(room);
      if (queue != null) {
        queue.worker = Thread.ofVirtual().name("sotto " + room).start(() -> work(room));
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isLast(RoomId room) {
    lock.lock();
    try {
      Queue queue = queues.get(room);
      return closed || queue == null || queue.items.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Item next(RoomId room) {
    lock.lock();
    try {
      Queue queue = queues.get(room);
      if (queue == null) {
        return null;
      }
      Item item = closed ? null : queue.items.poll();
      if (item == null) {
        queues.remove(room);
      }
      if (queue.items.size() <= QUEUE_LENGTH / 2) {
        queue.patienceNanos = patience.toNanos();
      }
      moved.signalAll();
      return item;
    } finally {
      lock.unlock();
    }
  }

  /// Begins no further item, and waits for those under way.
  ///
  /// @param grace after which their threads are interrupted
  void close(Duration grace) {
    lock.lock();
    try {
      closed = true;
      moved.signalAll();
      awaitIdle(grace);
      Set<Thread> workers = new HashSet<>();
      for (Queue queue : queues.values()) {
        if (queue.worker != null) {
          workers.add(queue.worker);
        }
      }
      workers.forEach(Thread::interrupt);
      awaitIdle(grace);
    } finally {
      lock.unlock();
    }
  }

  private void awaitIdle(Duration grace) {
    long left = grace.toNanos();
    try {
      while (left > 0 && !queues.isEmpty()) {
        left = moved.awaitNanos(left);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether this thread is one that hands items on.
  boolean isOwnThread() {
    lock.lock();
    try {
      Thread self = Thread.currentThread();
      return queues.values().stream().anyMatch(queue -> self.equals(queue.worker));
    } finally {
      lock.unlock();
    }
  }

  /// Waits until there is nothing to hand on; false if that takes too long.
  boolean awaitNothing(Duration most) {
    lock.lock();
    try {
      long left = most.toNanos();
      while (!queues.isEmpty() && left > 0) {
        left = moved.awaitNanos(left);
      }
      return queues.isEmpty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
