package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Pending;
import dev.sotto.homeserver.journal.Stream;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.rules.PowerLevels;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The only way for an event into a room: builds it on the room's head, submits it to the journal
/// and returns when it is on disk.
public final class EventWriter {
  private static final Set<String> NEVER_REDACTED =
      Set.of(EventTypes.CREATE, EventTypes.SERVER_ACL);

  private final RoomStore store;
  private final Rooms rooms;
  private final Memberships memberships;
  private final Users users;
  private final EventBuilder builder;
  private final Journal journal;
  private final InstantSource clock;

  EventWriter(
      RoomStore store,
      Rooms rooms,
      Memberships memberships,
      Users users,
      EventBuilder builder,
      Journal journal,
      InstantSource clock) {
    this.store = store;
    this.rooms = rooms;
    this.memberships = memberships;
    this.users = users;
    this.builder = builder;
    this.journal = journal;
    this.clock = clock;
  }

  /// A draft with what had to be looked up before the room was locked.
  private record Prepared(Draft draft, long sender, long member, @Nullable StoredEvent target) {}

  /// An event in line for the journal.
  ///
  /// @param after the room's state with it
  /// @param replaced the state event whose place it takes
  /// @param redacted what it leaves of the event that it redacts
  private record Built(
      Prepared prepared,
      StoredEvent event,
      RoomState after,
      @Nullable StoredEvent replaced,
      @Nullable EventRelation relation,
      @Nullable StoredEvent redacted) {}

  /// Adds one event to a room.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if the room's rules deny it, `M_TOO_LARGE` or
  ///   `M_BAD_JSON` if it is no valid event, `M_NOT_FOUND` if it redacts what the room does not
  ///   have
  public StoredEvent append(Room room, Draft draft) {
    return append(room, List.of(draft), _ -> {}).getFirst();
  }

  /// Adds events to a room, all or none, together with what `also` writes.
  public List<StoredEvent> append(Room room, List<Draft> drafts, Consumer<Transaction> also) {
    List<Prepared> prepared = drafts.stream().map(draft -> prepare(room, draft)).toList();
    Optional<List<StoredEvent>> written = Optional.empty();
    while (written.isEmpty()) {
      written = attempt(room, prepared, also);
    }
    return written.get();
  }

  /// Empty if another change, which this one was built on, has failed and is gone; since every
  /// change that is in the way goes, that comes to an end.
  private Optional<List<StoredEvent>> attempt(
      Room room, List<Prepared> prepared, Consumer<Transaction> also) {
    try {
      return Optional.of(submit(room, prepared, also, false).await());
    } catch (StaleHeadException _) {
      return Optional.empty();
    }
  }

  /// Makes a new room of its first events, together with what `also` writes.
  public List<StoredEvent> create(Room room, List<Draft> drafts, Consumer<Transaction> also) {
    try {
      List<Prepared> prepared = drafts.stream().map(draft -> prepare(room, draft)).toList();
      return submit(room, prepared, also, true).await();
    } catch (RuntimeException e) {
      rooms.abandon(room);
      throw e;
    }
  }

  private Prepared prepare(Room room, Draft draft) {
    String stateKey = draft.admitted().stateKey();
    long member =
        stateKey != null && draft.admitted().type().equals(EventTypes.MEMBER)
            ? users.number(new UserId(stateKey))
            : 0;
    EventId redacts = redacts(room, draft);
    StoredEvent target = redacts == null ? null : store.event(redacts).orElse(null);
    boolean here = target != null && target.roomNumber() == room.number();
    if (redacts != null && !here) {
      draft.admitted().requireMayRedactNothing();
    }
    return new Prepared(draft, users.number(draft.sender()), member, here ? target : null);
  }

  private static @Nullable EventId redacts(Room room, Draft draft) {
    if (!draft.admitted().type().equals(EventTypes.REDACTION)) {
      return null;
    }
    if (!room.version().redactsInContent()) {
      return draft.admitted().redacts();
    }
    String named = draft.admitted().content().path("redacts").stringValue(null);
    return named == null ? null : new EventId(named);
  }

  private Pending<List<StoredEvent>> submit(
      Room room, List<Prepared> prepared, Consumer<Transaction> also, boolean isNew) {
    room.lock.lock();
    try {
      Room.Head head = room.head();
      long generation = head.generation();
      List<Built> built = new ArrayList<>(prepared.size());
      for (Prepared one : prepared) {
        Built next = build(room, head, one);
        built.add(next);
        head = head.with(next.event, next.after);
      }
      Pending<List<StoredEvent>> pending =
          journal.submit(
              transaction -> {
                if (room.generation() != generation) {
                  throw new StaleHeadException();
                }
                if (isNew) {
                  store.insertRoom(transaction, room);
                }
                built.forEach(one -> write(transaction, one));
                also.accept(transaction);
                transaction.afterCommit(() -> publish(room, built));
                return built.stream().map(Built::event).toList();
              },
              cause -> {
                if (!(cause instanceof StaleHeadException)) {
                  room.dropHead();
                }
              });
      room.advance(head);
      return pending;
    } finally {
      room.lock.unlock();
    }
  }

  private Built build(Room room, Room.Head head, Prepared prepared) {
    StoredEvent event = builder.build(room, head, prepared.draft, clock.millis());
    StoredEvent replaced = event.isState() ? head.state().stored(event.key()) : null;
    if (replaced != null) {
      prepared.draft.admitted().requireMayReplace(replaced.content());
    }
    RoomState after = head.state().with(event);
    StoredEvent redacted = null;
    if (prepared.target != null) {
      prepared.draft.admitted().requireMayRedact(prepared.target.type());
      requireRedactable(room, head, event.sender(), prepared.target);
      if (prepared.target.redactedBy() == 0) {
        redacted = EventBuilder.redacted(room.version(), prepared.target);
        after = Snapshot.stateWith(after, redacted);
      }
    }
    EventRelation relation = event.isState() ? null : EventRelation.valid(event);
    return new Built(prepared, event, after, replaced, relation, redacted);
  }

  /// Whoever may redact may redact everything, everybody may redact what is their own: the rules of
  /// the room ask only whether one may send redactions. Two kinds of events are kept whole, because
  /// without their content nobody could use the room any more.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#redactions
  private static void requireRedactable(
      Room room, Room.Head head, UserId sender, StoredEvent target) {
    if (target.isState() && NEVER_REDACTED.contains(target.type())) {
      throw MatrixException.forbidden("An event of type " + target.type() + " cannot be redacted.");
    }
    PowerLevels levels = head.state().powerLevels(room.version());
    if (!sender.equals(target.sender()) && levels.of(sender) < levels.redact()) {
      throw MatrixException.forbidden("You may not redact what others sent in this room.");
    }
  }

  private void write(Transaction transaction, Built built) {
    StoredEvent event = built.event;
    long room = Topics.room(event.roomNumber());
    long position =
        built.prepared.member == 0
            ? transaction.append(Stream.EVENTS, room)
            : transaction.append(Stream.EVENTS, room, Topics.user(built.prepared.member));
    event.place(position, built.replaced == null ? 0 : built.replaced.position());
    store.insertEvent(transaction, event, built.prepared.sender, built.prepared.member);
    if (built.relation != null) {
      store.insertRelation(transaction, event, built.relation);
    }
    if (built.redacted != null) {
      built.redacted.redactedAt(position);
      store.redact(transaction, built.redacted);
    }
  }

  private void publish(Room room, List<Built> built) {
    Snapshot snapshot = room.snapshot();
    for (Built one : built) {
      snapshot = snapshot.with(one.event, one.after, one.relation != null);
      if (one.redacted != null) {
        snapshot = snapshot.replacing(one.redacted);
      }
      if (one.prepared.member != 0) {
        memberships.changed(
            one.prepared.member,
            new Memberships.Entry(
                room.number(), Membership.of(one.event), one.event.position(), false));
      }
    }
    room.publish(snapshot);
  }
}
