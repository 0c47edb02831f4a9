package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.rules.RoomVersion;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One room in memory.
///
/// It has two faces. Readers see [#snapshot()], which is on disk. Writers, under [#lock], build on
/// the head, which runs ahead of it by what was submitted and is not yet committed, so that many
/// sends to one room share a commit.
public final class Room {
  private final RoomId id;
  private final long number;
  private final RoomVersion version;
  final ReentrantLock lock = new ReentrantLock();
  private volatile Snapshot snapshot;

  // Guarded by the lock. Null: nothing runs ahead, the head is the snapshot's.
  private @Nullable Head head;
  private final AtomicLong generation = new AtomicLong();

  /// What the next event builds on.
  ///
  /// @param generation how many changes had failed when this head was begun; what is built on it
  ///   must not be written after another failure
  record Head(RoomState state, @Nullable StoredEvent last, long generation) {
    /// The head after `event`, which left `after` as the state.
    Head with(StoredEvent event, RoomState after) {
      return new Head(after, event, generation);
    }
  }

  Room(RoomId id, long number, RoomVersion version, Snapshot snapshot) {
    this.id = id;
    this.number = number;
    this.version = version;
    this.snapshot = snapshot;
  }

  public RoomId id() {
    return id;
  }

  public long number() {
    return number;
  }

  public RoomVersion version() {
    return version;
  }

  /// The room as far as it is on disk.
  public Snapshot snapshot() {
    return snapshot;
  }

  /// Whether the room's first events are published; until then there is no such room.
  public boolean isPublished() {
    return snapshot.position() > 0;
  }

  /// The room's published state.
  public RoomState state() {
    return snapshot.state();
  }

  /// What the next event builds on; under the lock. After a change failed that is the snapshot
  /// again: what was built on the failed change fails with it.
  Head head() {
    long current = generation.get();
    Head ahead = head;
    if (ahead == null || ahead.generation != current) {
      Snapshot onDisk = snapshot;
      List<StoredEvent> recent = onDisk.recent();
      ahead = new Head(onDisk.state(), recent.isEmpty() ? null : recent.getLast(), current);
    }
    return ahead;
  }

  /// Moves the head past a submitted change; under the lock.
  void advance(Head next) {
    head = next;
  }

  /// Counts the changes that failed.
  long generation() {
    return generation.get();
  }

  /// Drops the head after a change failed; called by the journal's thread only, which must not wait
  /// for the lock, since its holder may wait for the journal.
  void dropHead() {
    generation.incrementAndGet();
  }

  /// Makes a committed change visible; called by the journal's thread only.
  void publish(Snapshot next) {
    snapshot = next;
  }

  @Override
  public String toString() {
    return id.value();
  }
}
