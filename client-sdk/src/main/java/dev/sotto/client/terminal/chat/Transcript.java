package dev.sotto.client.terminal.chat;

import dev.sotto.client.Room;
import dev.sotto.client.Timeline;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.FileMessage;
import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.client.memory.Recent;
import dev.sotto.client.terminal.screen.Colour;
import dev.sotto.client.terminal.screen.Line;
import dev.sotto.client.terminal.screen.Screen;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;

/// What happens in rooms, shown once. An event that could not be read is shown again when it can.
/// For any number of threads.
final class Transcript {
  private static final int MOST_SHOWN = 20_000;
  private static final int MOST_WAITING = 500;
  private static final int HISTORY = 20;
  private static final int MOST_PAGES = 10;
  private static final Duration FIRST_NEWS = Duration.ofSeconds(3);

  private record Shown(EventId event, boolean readable) {}

  private record Waiting(Room room, RoomEvent event) {}

  /// A room as what is around an event.
  private final class Surroundings implements Around {
    private final Room inside;
    private final boolean elsewhere;

    Surroundings(Room inside, boolean elsewhere) {
      this.inside = inside;
      this.elsewhere = elsewhere;
    }

    @Override
    public String room() {
      return RoomNames.of(inside);
    }

    @Override
    public boolean elsewhere() {
      return elsewhere;
    }

    @Override
    public boolean encrypted() {
      try {
        return inside.isEncrypted();
      } catch (MatrixRequestException _) {
        // The server does not say; rather one mark too many.
        return true;
      }
    }

    @Override
    public String name(UserId user) {
      return names.of(inside, user);
    }

    @Override
    public int number(FileMessage file) {
      return files.add(inside, file);
    }
  }

  private final Screen screen;
  private final Names names;
  private final ReceivedFiles files;
  private final EventLines lines;
  private final Recent<Shown, Boolean> shown = new Recent<>(MOST_SHOWN);
  private final Set<RoomId> heard = new HashSet<>();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private @Nullable RoomId current;
  private @Nullable Timeline past;
  private @Nullable EventId latest;
  private boolean open;

  Transcript(Screen screen, Names names, ReceivedFiles files, EventLines lines) {
    this.files = files;
    this.screen = screen;
    this.names = names;
    this.lines = lines;
  }

  /// Something happens. It waits until the room that is looked at first has been shown.
  synchronized void heard(Room room, RoomEvent event) {
    if (event instanceof MemberChange) {
      names.changed(room.id());
    }
    if (heard.size() < MOST_SHOWN) {
      heard.add(room.id());
    }
    notifyAll();
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
  ///
  /// @param isNew whether we have just come into it: what it is called is known when something of
  ///   it was heard
  /// @param heading is shown before
  void enter(Room room, boolean isNew, Runnable heading) {
    // What happens meanwhile comes after what has happened before.
    hold();
    try {
      if (isNew) {
        await(() -> heard.contains(room.id()), FIRST_NEWS);
      }
      Timeline timeline = room.timeline();
      List<RoomEvent> history = timeline.earlier(HISTORY).reversed();
      heading.run();
      synchronized (this) {
        current = room.id();
        past = timeline;
        latest = null;
        for (RoomEvent event : history) {
          shown.remove(key(event));
          show(room, event);
        }
      }
    } finally {
      open();
    }
  }

  /// Shows what was said before, and each time goes further back. Only for the thread that enters.
  ///
  /// @param room is looked at
  /// @return false if there is nothing more
  boolean earlier(Room room) {
    Timeline timeline = past();
    // What happens meanwhile is shown, but not in between.
    for (int page = 0; timeline != null && page < MOST_PAGES; page++) {
      List<RoomEvent> events = timeline.earlier(HISTORY).reversed();
      if (events.isEmpty()) {
        break;
      }
      if (showPast(room, events)) {
        return true;
      }
    }
    return false;
  }

  private synchronized @Nullable Timeline past() {
    return past;
  }

  /// @return false if there is nothing in it for people
  private synchronized boolean showPast(Room room, List<RoomEvent> events) {
    List<AttributedString> all = new ArrayList<>();
    for (RoomEvent event : events) {
      shown.put(key(event), true);
      all.addAll(lines.of(new Surroundings(room, false), event));
    }
    if (!all.isEmpty()) {
      screen.show(new Line().add(Colour.STRONG, "--- before that ---").line());
      all.forEach(screen::show);
      screen.show(
          new Line()
              .add(Colour.STRONG, "--- /earlier goes further back, /room shows the latest ---")
              .line());
    }
    return !all.isEmpty();
  }

  /// The last event of the room that is looked at, if that was not asked for before.
  synchronized Optional<EventId> takeLatest() {
    Optional<EventId> taken = Optional.ofNullable(latest);
    latest = null;
    return taken;
  }

  /// Looks at no room any more.
  synchronized void leave() {
    current = null;
    past = null;
    latest = null;
    open();
  }

  /// Shows nothing more of what happens, until a room is entered or it is said to go on.
  synchronized void hold() {
    open = false;
  }

  /// Shows what has happened meanwhile, and goes on.
  synchronized void open() {
    open = true;
    for (Waiting one = waiting.poll(); one != null; one = waiting.poll()) {
      show(one.room, one.event);
    }
  }

  private synchronized void show(Room room, RoomEvent event) {
    Shown key = key(event);
    if (shown.get(key) == null) {
      shown.put(key, true);
      boolean elsewhere = !room.id().equals(current);
      lines.of(new Surroundings(room, elsewhere), event).forEach(screen::show);
      if (!elsewhere) {
        latest = event.id();
      }
      notifyAll();
    }
  }

  /// Waits until an event was shown, but not for ever.
  void awaitShown(EventId event, Duration most) {
    await(() -> shown.get(new Shown(event, true)) != null, most);
  }

  private synchronized void await(BooleanSupplier done, Duration most) {
    long until = System.nanoTime() + most.toNanos();
    try {
      long leftMs = most.toMillis();
      while (leftMs > 0 && !done.getAsBoolean()) {
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
