package dev.sotto.homeserver.app;

import dev.sotto.homeserver.push.RoomContext;
import dev.sotto.homeserver.push.UnreadEvent;
import dev.sotto.homeserver.push.UnreadEvents;
import dev.sotto.homeserver.rooms.Membership;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.RoomState;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.rules.PowerLevels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The rooms' events as push rules and unread counts look at them.
public record RoomEvents(RoomServices rooms, RoomFacts facts) implements UnreadEvents {
  // Most rooms have fewer unread than this in memory; what is not there costs a query for each.
  private static final int CHUNK = 50;

  @Override
  public Map<Long, List<UnreadEvent>> newest(List<Range> ranges, long to) {
    Map<Long, List<UnreadEvent>> found = HashMap.newHashMap(ranges.size());
    for (Range range : ranges) {
      Room room = rooms.rooms().byNumber(range.room());
      if (room.snapshot().position() > range.after()) {
        found.put(
            range.room(),
            views(room, rooms.timeline().newest(room, range.after(), to, range.limit())));
      }
    }
    return found;
  }

  @Override
  public List<UnreadEvent> newestInThreads(long number, long from, long to, int limit) {
    Room room = rooms.rooms().byNumber(number);
    return views(room, rooms.relations().inThreads(room, from, to, limit));
  }

  private List<UnreadEvent> views(Room room, List<StoredEvent> newestFirst) {
    List<UnreadEvent> views = new ArrayList<>(newestFirst.size());
    for (StoredEvent event : newestFirst.reversed()) {
      views.add(new View(facts, room, event));
    }
    return views;
  }

  /// One room's events, newest first, read in parts as they are taken.
  private final class Source {
    private final Room room;
    private final UserId user;
    private final long from;
    private @Nullable Predicate<StoredEvent> sees;
    private List<StoredEvent> chunk = List.of();
    private int next;
    private long to;
    private boolean ended;

    Source(UserId user, Memberships.Entry joined, long to) {
      this.room = rooms.rooms().byNumber(joined.room());
      this.user = user;
      this.from = joined.position();
      this.to = Math.min(to, room.snapshot().position());
      this.ended = this.to <= from;
    }

    /// No event that is left is newer than this; 0 if none is left.
    long bound() {
      return next < chunk.size() ? chunk.get(next).position() : ended ? 0 : to;
    }

    /// The newest event that is left, or null if `bound` has to be asked again first.
    @Nullable StoredEvent take() {
      if (next < chunk.size()) {
        return chunk.get(next++);
      }
      chunk = rooms.timeline().newest(room, from, to, CHUNK);
      next = 0;
      ended = chunk.size() < CHUNK;
      to = chunk.isEmpty() ? to : chunk.getLast().position() - 1;
      return null;
    }

    /// Whether the user may see an event of this room; of most rooms that is never asked.
    boolean shows(StoredEvent event) {
      Predicate<StoredEvent> known = sees;
      if (known == null) {
        known = rooms.visibility().of(room, user);
        sees = known;
      }
      return known.test(event);
    }
  }

  /// The events of all of a user's rooms, newest first.
  private final class Merged implements Iterator<UnreadEvent> {
    private final PriorityQueue<Source> sources =
        new PriorityQueue<>(Comparator.comparingLong(Source::bound).reversed());
    private @Nullable UnreadEvent next;

    Merged(UserId user, long to) {
      for (Memberships.Entry entry : rooms.memberships().of(user)) {
        if (entry.membership() == Membership.JOIN) {
          sources.add(new Source(user, entry, to));
        }
      }
    }

    @Override
    public boolean hasNext() {
      if (next == null) {
        next = find();
      }
      return next != null;
    }

    @Override
    public UnreadEvent next() {
      UnreadEvent found = next == null ? find() : next;
      if (found == null) {
        throw new NoSuchElementException();
      }
      next = null;
      return found;
    }

    private @Nullable UnreadEvent find() {
      for (Source source = sources.poll();
          source != null && source.bound() != 0;
          source = sources.poll()) {
        StoredEvent event = source.take();
        sources.add(source);
        if (event != null && event.redactedBy() == 0 && source.shows(event)) {
          return new View(facts, source.room, event);
        }
      }
      return null;
    }
  }

  @Override
  public Iterator<UnreadEvent> inJoinedRooms(UserId user, long to) {
    return new Merged(user, to);
  }

  @Override
  public RoomContext context(long number) {
    return new Context(rooms.rooms().byNumber(number));
  }

  private record Context(Room room) implements RoomContext {
    @Override
    public RoomId id() {
      return room.id();
    }

    @Override
    public int joinedMembers() {
      return room.state().joined().size();
    }

    @Override
    public boolean mayNotify(UserId sender, String kind) {
      PowerLevels levels = room.state().powerLevels(room.version());
      return levels.of(sender) >= levels.notification(kind);
    }

    @Override
    public @Nullable String displayName(UserId user) {
      RoomState state = room.state();
      return state.string(StateKey.member(user), "displayname");
    }
  }

  private record View(RoomFacts facts, Room inRoom, StoredEvent event) implements UnreadEvent {
    @Override
    public long position() {
      return event.position();
    }

    @Override
    public EventId id() {
      return event.id();
    }

    @Override
    public long room() {
      return event.roomNumber();
    }

    @Override
    public String type() {
      return event.type();
    }

    @Override
    public UserId sender() {
      return event.sender();
    }

    @Override
    public @Nullable String stateKey() {
      return event.stateKey();
    }

    @Override
    public long sentAt() {
      return event.sentAt();
    }

    @Override
    public ObjectNode content() {
      return event.content();
    }

    @Override
    public @Nullable EventId thread() {
      return facts.thread(inRoom, event);
    }

    @Override
    public long redactedPosition() {
      EventId redacted = event.event().redacts();
      return redacted == null
          ? 0
          : facts.timeline().event(inRoom, redacted).map(StoredEvent::position).orElse(0L);
    }

    @Override
    public boolean isRedacted() {
      return event.redactedBy() != 0;
    }
  }
}
