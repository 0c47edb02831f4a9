package dev.sotto.client.terminal.chat;

import dev.sotto.client.Room;
import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.client.terminal.screen.Screen;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What happens in rooms, shown once. An event that could not be read is shown again when it can.
/// For any number of threads.
final class Transcript {
  private static final int MOST_SHOWN = 20_000;
  private static final int MOST_WAITING = 500;
  private static final int HISTORY = 20;

  private record Shown(EventId event, boolean readable) {}

  private record Waiting(Room room, RoomEvent event) {}

  private final Screen screen;
  private final Names names;
  private final EventLines lines;
  private final Set<Shown> shown =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Shown, Boolean> eldest) {
              return size() > MOST_SHOWN;
            }
          });
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private @Nullable RoomId current;
  private boolean open;

  Transcript(Screen screen, Names names, EventLines lines) {
    this.screen = screen;
    this.names = names;
    this.lines = lines;
  }

  /// Something happens. It waits until the room that is looked at first has been shown.
  synchronized void heard(Room room, RoomEvent event) {
    if (event instanceof MemberChange) {
      names.changed(room.id());
    }
    if (open) {
      show(room, event);
    } else {
      waiting.add(new Waiting(room, event));
      if (waiting.size() > MOST_WAITING) {
        waiting.remove();
      }
    }
  }

  /// Shows what has been said here before, the oldest first, and looks at this room from now on.
  void enter(Room room) {
    List<RoomEvent> history = room.timeline().earlier(HISTORY).reversed();
    synchronized (this) {
      current = room.id();
      for (RoomEvent event : history) {
        shown.remove(key(event));
        show(room, event);
      }
      open();
    }
  }

  /// Looks at no room any more.
  synchronized void leave() {
    current = null;
    open();
  }

  private synchronized void open() {
    open = true;
    for (Waiting one = waiting.poll(); one != null; one = waiting.poll()) {
      show(one.room, one.event);
    }
  }

  private synchronized void show(Room room, RoomEvent event) {
    if (shown.add(key(event))) {
      boolean elsewhere = !room.id().equals(current);
      lines.of(room, event, elsewhere).forEach(screen::show);
      notifyAll();
    }
  }

  /// Waits until an event was shown, but not for ever.
  synchronized void awaitShown(EventId event, Duration most) {
    long until = System.nanoTime() + most.toNanos();
    try {
      long leftMs = most.toMillis();
      while (leftMs > 0 && !shown.contains(new Shown(event, true))) {
        wait(leftMs);
        leftMs = (until - System.nanoTime()) / 1_000_000;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static Shown key(RoomEvent event) {
    return new Shown(event.id(), !(event instanceof Undecryptable));
  }
}
