package dev.sotto.client;

import dev.sotto.client.Inbox.Item;
import dev.sotto.client.encryption.backup.KeyBackup;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.StoreException;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Membership;
import dev.sotto.client.session.SyncAnswer;
import dev.sotto.client.session.SyncListener;
import dev.sotto.client.store.Change;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes the answers of the sync: keys first, then what they say of rooms, all of it kept before
/// anything is handed on. What is not as specified is left out, and spoils nothing beside it.
final class News implements SyncListener {
  private final Kept kept;
  private final KnownRooms rooms;
  private final Inbox inbox;
  private final Deliveries deliveries;
  private final Gaps gaps;
  private final Encryption encryption;
  private final Currency currency;
  private final Pump pump;
  private final Handlers handlers;
  private final Signals signals;
  private final BiConsumer<RoomId, UserId> accepted;
  private final Runnable keysMayBeThere;
  private final UserId self;

  /// @param accepted hears that an invitation was accepted, on whatever device, and whose it was
  /// @param keysMayBeThere has keys fetched that others have left for us
  News(
      Kept kept,
      KnownRooms rooms,
      Inbox inbox,
      Deliveries deliveries,
      Gaps gaps,
      Encryption encryption,
      Currency currency,
      Pump pump,
      Handlers handlers,
      Signals signals,
      BiConsumer<RoomId, UserId> accepted,
      Runnable keysMayBeThere,
      UserId self) {
    this.kept = kept;
    this.rooms = rooms;
    this.inbox = inbox;
    this.deliveries = deliveries;
    this.gaps = gaps;
    this.encryption = encryption;
    this.currency = currency;
    this.pump = pump;
    this.handlers = handlers;
    this.signals = signals;
    this.accepted = accepted;
    this.keysMayBeThere = keysMayBeThere;
    this.self = self;
  }

  /// What one answer brings, on its way into the store.
  private static final class Batch {
    final List<KnownRooms.Update> updates = new ArrayList<>();
    final List<Change> changes = new ArrayList<>();
    final List<Item> items = new ArrayList<>();

    /// Whose invitations were accepted.
    final Map<RoomId, UserId> inviters = new HashMap<>();

    int unreadable;

    void unreadable() {
      unreadable++;
    }

    void keep(Item item) {
      items.add(item);
      changes.add(Inbox.keeping(item));
    }
  }

  @Override
  public void onAnswer(SyncAnswer answer) {
    ObjectNode content = answer.content();
    JsonNode sections = content.path("rooms");
    if (kept.since() == null) {
      // It is a first answer: in a store that has seen others it does not say who has left.
      rooms.outdateMembers();
      encryption.missedSome();
    }
    Batch batch = new Batch();
    applyReaders(batch, sections);
    encryption.receive(content);
    // Before the gaps and the handlers, who may be waiting for this to answer what was left over.
    currency.answered();
    each(sections.path("join"), (room, json) -> joined(batch, room, json));
    each(sections.path("invite"), (room, json) -> invited(batch, room, json));
    each(sections.path("leave"), (room, json) -> left(batch, room, json));
    accountData(batch, content);
    // Before it is kept that we have come: else a crash in between would leave the keys unfetched.
    batch.inviters.forEach(accepted);
    rooms.apply(batch.updates, batch.changes);
    batch.updates.forEach(
        update ->
            rooms
                .facts(update.room())
                .encryption()
                .filter(_ -> !encryption.isEncrypted(update.room()))
                .ifPresent(settings -> encryption.remember(update.room(), settings)));
    pump.flush();
    tellUnreadable(batch.unreadable + unreadableToDevice(content));
    batch.items.forEach(this::deliver);
    each(sections.path("join"), signals::ephemeral);
    signals.presence(content.path("presence"));
    signals.caughtUp();
    if (content.path("to_device").path("events").size() > 0 || !batch.inviters.isEmpty()) {
      keysMayBeThere.run();
    }
  }

  /// Who may read, at once and before encryption forgets the keys that were given to others: what
  /// is sent while gaps are being filled is for those who are there now. All of this may be heard
  /// twice, for the answer is asked for again if a gap cannot be filled.
  private void applyReaders(Batch batch, JsonNode sections) {
    List<KnownRooms.Update> updates = new ArrayList<>();
    each(
        sections.path("join"),
        (room, json) -> {
          List<Envelope> all = state(batch, room, json);
          updates.add(
              new KnownRooms.Update(room, draft -> takeUp(draft, all), false, memberships(all)));
        });
    rooms.apply(updates, List.of());
  }

  /// In their order: what came before the timeline, and then what is in it.
  private static List<Envelope> state(Batch batch, RoomId room, JsonNode json) {
    List<Envelope> all = envelopes(room, json.path("state").path("events"), batch::unreadable);
    all.addAll(envelopes(room, json.path("timeline").path("events"), batch::unreadable));
    return all;
  }

  private static int unreadableToDevice(ObjectNode content) {
    int unreadable = 0;
    for (JsonNode event : content.path("to_device").path("events")) {
      boolean isEvent =
          event.path("type").isString()
              && event.path("sender").isString()
              && event.path("content").isObject();
      unreadable += isEvent ? 0 : 1;
    }
    return unreadable;
  }

  /// Anybody can send such events, so no more is said of them than how many there were.
  private void tellUnreadable(int count) {
    if (count > 0) {
      handlers.problem(
          Problem.Kind.UNREADABLE,
          new IllegalStateException(
              "Events that are not as specified were left out; their number: " + count));
    }
  }

  private static void takeUp(RoomFacts.Next draft, List<Envelope> state) {
    state.forEach(
        event ->
            event.stateKey().ifPresent(key -> draft.state(event.type(), key, event.content())));
  }

  @Override
  public void onTrouble(MatrixRequestException failure, Duration wait) {
    handlers.problem(Problem.Kind.SERVER, failure);
  }

  /// The key to messages of a session has arrived.
  void readable(SessionName session) {
    // Whoever tells this may be who the room's handlers wait for, so they are not waited for.
    inbox.awakened(session).forEach(deliveries::takeUp);
  }

  private void deliver(Item item) {
    if (!deliveries.add(item)) {
      inbox.handled(item);
      handlers.problem(
          Problem.Kind.OVERFLOW,
          item.room(),
          new IllegalStateException("The handlers are too slow for this room."));
    }
  }

  private interface Section {
    void read(RoomId room, JsonNode json);
  }

  private void each(JsonNode section, Section reader) {
    section.forEachEntry(
        (name, json) -> {
          try {
            reader.read(new RoomId(name), json);
          } catch (MatrixException _) {
            // No room has such a name.
          } catch (StoreException | MatrixRequestException e) {
            throw e;
          } catch (RuntimeException e) {
            handlers.problem(Problem.Kind.SERVER, e);
          }
        });
  }

  private void joined(Batch batch, RoomId room, JsonNode json) {
    RoomFacts facts = rooms.facts(room);
    boolean wasThere = facts.membership() == Membership.JOIN && facts.isStateKnown();
    String since = kept.since();
    // What is unreadable in it was counted with the state.
    List<Envelope> timeline = envelopes(room, json.path("timeline").path("events"), () -> {});
    List<Envelope> fresh = List.of();
    if (since != null) {
      boolean limited = json.path("timeline").path("limited").booleanValue(false);
      boolean showsArrival = !wasThere && ownArrival(timeline).isPresent();
      List<Envelope> all = new ArrayList<>();
      if (limited && !showsArrival) {
        String from = json.path("timeline").path("prev_batch").stringValue(null);
        all.addAll(gaps.fill(room, from, since, batch::unreadable));
      }
      all.addAll(timeline);
      // Where more has happened since we came than what is fetched, all of it is news.
      int start = wasThere ? 0 : ownArrival(all).orElse(limited ? 0 : all.size());
      fresh = all.subList(start, all.size());
      // Who was there may have gone and come again, all of it since the last answer.
      inviter(all)
          .or(() -> facts.membership() == Membership.JOIN ? Optional.empty() : facts.inviter())
          .ifPresent(from -> batch.inviters.put(room, from));
    }
    Set<String> known = facts.recent();
    List<String> ids = new ArrayList<>();
    for (Envelope event : fresh) {
      if (known.add(event.id().value())) {
        ids.add(event.id().value());
        batch.keep(inbox.item(room, Inbox.Kind.EVENT, event.json()));
      }
    }
    Consumer<RoomFacts.Next> next =
        draft ->
            draft
                .membership(Membership.JOIN)
                .summary(json.path("summary"))
                .remember(ids)
                .stateKnown();
    batch.updates.add(new KnownRooms.Update(room, next, false, List.of()));
  }

  /// Who has invited us last, as far as these events show it.
  private Optional<UserId> inviter(List<Envelope> events) {
    return events.stream()
        .filter(event -> isOwnMembership(event) && isMembership(event.content(), "invite"))
        .reduce((_, later) -> later)
        .map(Envelope::sender);
  }

  private boolean isOwnMembership(Envelope event) {
    return event.type().equals(EventTypes.MEMBER)
        && event.stateKey().equals(Optional.of(self.value()));
  }

  /// Where these events show how we came. What was said before is history, but for what followed
  /// our invitation: it may be meant for us. A member's new name or picture is an event of the same
  /// kind as a coming, and shows nothing.
  private Optional<Integer> ownArrival(List<Envelope> events) {
    Optional<Integer> arrival = Optional.empty();
    for (int i = 0; i < events.size(); i++) {
      Envelope event = events.get(i);
      boolean own = isOwnMembership(event);
      boolean invited = own && isMembership(event.content(), "invite");
      boolean came =
          own
              && isMembership(event.content(), "join")
              && !isMembership(event.json().path("unsigned").path("prev_content"), "join");
      if (invited || (came && arrival.isEmpty())) {
        arrival = Optional.of(i);
      }
    }
    return arrival;
  }

  private static boolean isMembership(JsonNode content, String membership) {
    return content.path("membership").stringValue("").equals(membership);
  }

  private static List<Envelope> envelopes(RoomId room, JsonNode events, Runnable unreadable) {
    List<Envelope> envelopes = new ArrayList<>();
    events.forEach(event -> Envelopes.of(room, event).ifPresentOrElse(envelopes::add, unreadable));
    return envelopes;
  }

  private static List<Member> memberships(List<Envelope> state) {
    List<Member> members = new ArrayList<>();
    for (Envelope event : state) {
      if (event.type().equals(EventTypes.MEMBER)
          && EventReader.read(event) instanceof MemberChange change) {
        members.add(Members.of(change));
      }
    }
    return members;
  }

  private void invited(Batch batch, RoomId room, JsonNode json) {
    Consumer<RoomFacts.Next> next =
        draft -> {
          draft.membership(Membership.INVITE);
          json.path("invite_state").path("events").forEach(event -> invitedState(draft, event));
        };
    batch.updates.add(new KnownRooms.Update(room, next, false, List.of()));
    boolean isNews = rooms.facts(room).membership() != Membership.INVITE;
    if (isNews) {
      batch.keep(inbox.item(room, Inbox.Kind.INVITE, Json.object()));
    }
  }

  /// These events are stripped: they have neither an id nor a time.
  private void invitedState(RoomFacts.Next draft, JsonNode event) {
    String type = event.path("type").stringValue("");
    String key = event.path("state_key").stringValue(null);
    if (key == null || !(event.get("content") instanceof ObjectNode content)) {
      return;
    }
    draft.state(type, key, content);
    if (type.equals(EventTypes.MEMBER) && key.equals(self.value())) {
      try {
        draft.inviter(new UserId(event.path("sender").stringValue("")));
      } catch (MatrixException _) {
        // The server does not say who it was.
      }
    }
  }

  private void left(Batch batch, RoomId room, JsonNode json) {
    List<Envelope> all = state(batch, room, json);
    boolean banned =
        all.stream()
            .filter(event -> event.type().equals(EventTypes.MEMBER))
            .filter(event -> event.stateKey().equals(Optional.of(self.value())))
            .reduce((_, later) -> later)
            .map(event -> event.content().path("membership").stringValue(""))
            .equals(Optional.of("ban"));
    Consumer<RoomFacts.Next> next =
        draft -> {
          draft.membership(banned ? Membership.BAN : Membership.LEAVE);
          all.forEach(
              event ->
                  event
                      .stateKey()
                      .filter(_ -> event.type().equals(EventTypes.ENCRYPTION))
                      .ifPresent(key -> draft.state(event.type(), key, event.content())));
        };
    batch.updates.add(new KnownRooms.Update(room, next, true, List.of()));
  }

  private void accountData(Batch batch, ObjectNode content) {
    boolean isFirst = kept.since() == null;
    content
        .path("account_data")
        .path("events")
        .forEach(
            event -> {
              String type = event.path("type").stringValue("");
              if (type.equals(Direct.TYPE) && event.get("content") instanceof ObjectNode said) {
                batch.changes.add(Kept.accountData(type, said));
              } else if (isFirst && type.equals(KeyBackup.PREFERENCE)) {
                // Not later: the server could turn it off whenever it likes.
                KeyBackup.preference(event.path("content")).ifPresent(encryption::preferBackup);
              }
            });
  }
}
