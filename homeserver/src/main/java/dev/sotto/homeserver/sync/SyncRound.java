package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.accountdata.AccountDataEvent;
import dev.sotto.homeserver.filters.EventFilter;
import dev.sotto.homeserver.filters.RoomEventFilter;
import dev.sotto.homeserver.filters.RoomFilter;
import dev.sotto.homeserver.journal.Stream;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.keys.SharingChanges;
import dev.sotto.homeserver.presence.UserPresence;
import dev.sotto.homeserver.push.Unread;
import dev.sotto.homeserver.rooms.EventView;
import dev.sotto.homeserver.rooms.EventViews;
import dev.sotto.homeserver.rooms.Membership;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.rooms.Pages;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One look at what happened between two positions, for one request.
final class SyncRound {
  private static final SharingChanges.Moved NOBODY = new SharingChanges.Moved(Set.of(), Set.of());

  private final SyncSources sources;
  private final SyncRequest request;
  private final UserId user;
  private final @Nullable StreamToken token;
  private final long since;
  private final long typingSerial;
  private final long presenceSerial;
  private final Places places;
  private final LazyMembers.@Nullable Memory memory;
  private final boolean lazy;
  private final Set<UserId> ignored;
  private RoomExtras extras;
  private final Map<LazyMembers.Member, Long> told = new HashMap<>();
  private final long now;

  /// Positions of memberships that others ended; null until asked for.
  private @Nullable Set<Long> removed;

  /// Rooms that the client takes as new, of which it is told everything.
  private final Set<Long> fresh = new HashSet<>();

  private final List<RoomPart> joined = new ArrayList<>();
  private final List<RoomPart> left = new ArrayList<>();
  private final List<RoomAnswer.Invited> invited = new ArrayList<>();
  private final List<RoomAnswer.Knocked> knocked = new ArrayList<>();

  /// @param since where to begin; null is the beginning
  /// @param memory which members the device has; null if it wants all
  SyncRound(
      SyncSources sources,
      SyncRequest request,
      @Nullable StreamToken since,
      LazyMembers.@Nullable Memory memory) {
    this.sources = sources;
    this.request = request;
    this.user = request.user();
    this.token = since;
    this.since = since == null ? 0 : since.position();
    // Read before what they count: news that comes between is told again rather than never.
    this.typingSerial = sources.typing().serial();
    this.presenceSerial = sources.presence().serial();
    this.memory = memory;
    this.places = Places.now(sources.journal(), sources.memberships(), user);
    this.lazy = memory != null;
    this.ignored = sources.ignoredUsers().of(user);
    this.extras = extras();
    this.now = sources.clock().millis();
  }

  /// The members that the answer tells of.
  Map<LazyMembers.Member, Long> told() {
    return told;
  }

  SyncResponse answer() {
    for (Memberships.Entry place : places.entries()) {
      look(place);
    }
    if (!fresh.isEmpty()) {
      extras = extras.with(sources.extras().only(user, fresh, to()));
    }
    List<PastState> states = new ArrayList<>();
    joined.forEach(part -> states.add(part.past()));
    left.forEach(part -> states.add(part.past()));
    sources.parts().complete(states);
    List<List<EventView>> views = views();
    Map<Long, Unread> unread =
        sources
            .unreadCounts()
            .of(user, joined.stream().map(part -> part.window().room().number()).toList(), to());
    List<RoomAnswer.Joined> joinedRooms = new ArrayList<>();
    for (int i = 0; i < joined.size(); i++) {
      joinedRooms.add(joined(joined.get(i), views.get(i), unread));
    }
    List<RoomAnswer.Left> leftRooms = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      leftRooms.add(left(left.get(i), views.get(joined.size() + i)));
    }
    SharingChanges.Moved moved =
        token == null ? NOBODY : sources.sharing().between(user, since, places);
    DeviceNews.Part device = sources.deviceNews().since(user, request.device(), token, to());
    return new SyncResponse(
        new StreamToken(to(), typingSerial, presenceSerial, device == null ? to() : device.upTo()),
        joinedRooms,
        leftRooms,
        invited,
        knocked,
        deviceLists(moved),
        accountData(),
        presence(moved.began()),
        device);
  }

  private long to() {
    return places.to();
  }

  private RoomAnswer.Joined joined(RoomPart part, List<EventView> views, Map<Long, Unread> unread) {
    Room room = part.window().room();
    RoomFilter filter = request.filter().room();
    return new RoomAnswer.Joined(
        room.id(),
        events(part, views),
        part.summary(),
        extras.ephemeral(room, filter, ignored),
        extras.accountData(room, filter),
        new UnreadFragment(
            unread.getOrDefault(room.number(), Unread.NONE),
            timelineFilter().unreadThreadNotifications()));
  }

  private RoomAnswer.Left left(RoomPart part, List<EventView> views) {
    Room room = part.window().room();
    return new RoomAnswer.Left(
        room.id(), events(part, views), extras.accountData(room, request.filter().room()));
  }

  private DeviceListChanges deviceLists(SharingChanges.Moved moved) {
    boolean changed =
        token != null
            && (isNews(Stream.DEVICE_LISTS, Topics.user(sources.users().number(user)))
                || places.entries().stream()
                    .filter(place -> place.membership() == Membership.JOIN)
                    .anyMatch(place -> isNews(Stream.DEVICE_LISTS, Topics.room(place.room()))));
    if (!changed) {
      return new DeviceListChanges(moved.began(), moved.ended());
    }
    Set<UserId> all = new HashSet<>(moved.began());
    all.addAll(sources.deviceLists().changedUsers(user, since, to()));
    all.removeAll(moved.ended());
    return new DeviceListChanges(all, moved.ended());
  }

  private RoomExtras extras() {
    Set<Long> rooms = new HashSet<>();
    for (Memberships.Entry place : places.entries()) {
      if (place.membership() == Membership.JOIN) {
        rooms.add(place.room());
      }
    }
    return token == null
        ? sources.extras().all(user, rooms, to())
        : sources.extras().since(user, rooms, token, to());
  }

  private List<Fragment> accountData() {
    List<AccountDataEvent> events = List.of();
    if (token == null) {
      events = sources.accountData().global(user, to());
    } else if (isNews(Stream.ACCOUNT_DATA, Topics.user(sources.users().number(user)))) {
      events = sources.accountData().globalSince(user, since, to());
    }
    return events.stream()
        .filter(event -> request.filter().accountData().matches(event.type()))
        .map(event -> Fragment.of(event.type(), event.content()))
        .toList();
  }

  /// Whose presence changed, and that of those whom the user now meets.
  private List<Fragment> presence(Set<UserId> met) {
    List<UserPresence> all =
        new ArrayList<>(
            sources.presence().changedSince(token == null ? 0 : token.presence(), user));
    Set<UserId> told = new HashSet<>();
    all.forEach(presence -> told.add(presence.user()));
    sources.presence().reachable(met).stream()
        .filter(presence -> !told.contains(presence.user()))
        .forEach(all::add);
    EventFilter filter = request.filter().presence();
    return all.stream()
        .filter(presence -> filter.matches("m.presence", presence.user()))
        .filter(presence -> !ignored.contains(presence.user()))
        .map(presence -> presence.event())
        .map(event -> (Fragment) out -> out.writePOJO(event))
        .toList();
  }

  private void look(Memberships.Entry place) {
    boolean all = since == 0 || request.fullState();
    boolean moved = place.position() > since;
    switch (place.membership()) {
      case JOIN -> {
        if (all
            || moved
            || isNews(Stream.EVENTS, Topics.room(place.room()))
            || extras.have(place.room())) {
          lookAtJoined(place);
        }
      }
      case LEAVE, BAN -> {
        if (moved && since != 0 || all && !place.forgotten()) {
          lookAtLeft(place);
        }
      }
      case INVITE, KNOCK -> {
        if (all || moved) {
          lookAtOutside(place);
        }
      }
    }
  }

  private boolean isNews(Stream stream, long topic) {
    return sources.journal().latest(stream, topic) > since;
  }

  private @Nullable Room wanted(Memberships.Entry place) {
    Room room = sources.rooms().byNumber(place.room());
    return request.filter().room().matches(room.id()) ? room : null;
  }

  private void lookAtJoined(Memberships.Entry place) {
    Room room = wanted(place);
    if (room == null) {
      return;
    }
    boolean moved = place.position() > since;
    boolean isNew =
        since != 0 && moved && sources.members().at(room, user, since) != Membership.JOIN;
    Window window;
    if (isNew) {
      fresh.add(room.number());
      window = Window.joined(room, to());
    } else if (since == 0) {
      window = Window.whole(room, to());
    } else if (request.fullState()) {
      window = Window.fullState(room, since, to());
    } else {
      window = Window.since(room, since, to());
    }
    TimelinePart shown =
        sources
            .timelines()
            .of(window, wanted(room, sources.members().visible(window, user, place)), limit());
    if (isNew && !shown.limited() && sources.members().wasJoined(room, user, since)) {
      shown = shown.afterGap();
    }
    RoomPart part = sources.parts().of(window, shown, request.form(), lazy, true, user);
    boolean nothing =
        !window.wholeState() && shown.events().isEmpty() && !shown.limited() && isEmpty(part);
    if (!nothing) {
      joined.add(part);
    }
  }

  private boolean isEmpty(RoomPart part) {
    Room room = part.window().room();
    RoomFilter filter = request.filter().room();
    return part.summary() == null
        && !extras.haveRead(room.number(), user)
        && extras.ephemeral(room, filter, ignored).isEmpty()
        && extras.accountData(room, filter).isEmpty()
        && part.timeline().unseen().isEmpty()
        && (part.changes() == null || part.changes().isEmpty());
  }

  private void lookAtLeft(Memberships.Entry place) {
    boolean moved = since != 0 && place.position() > since;
    if (!moved && !request.filter().room().includeLeave() && !wasRemoved(place)) {
      return;
    }
    Room room = wanted(place);
    if (room == null) {
      return;
    }
    OwnHistory history = sources.members().history(room, user);
    long end = place.forgotten() ? 0 : history.lastLeft(place.position());
    boolean stayed = end > since || end != 0 && request.fullState();
    RoomPart part =
        stayed
            ? stay(room, history, end)
            : RoomPart.nothing(room, place.position(), request.form());
    List<StoredEvent> own =
        history.within(Math.max(end, since), place.position()).stream()
            .filter(event -> Pages.wants(timelineFilter(), room, event))
            .toList();
    left.add(part.with(own));
  }

  /// A room as far as it was seen up to the end of the user's last stay.
  private RoomPart stay(Room room, OwnHistory history, long end) {
    boolean known = since != 0 && history.at(since) == Membership.JOIN;
    boolean isNew = since != 0 && end > since && !known;
    long from = end <= since ? end : known ? since : 0;
    long stateFrom = known && !request.fullState() ? since : 0;
    Window window = new Window(room, room.snapshot(), from, end, stateFrom, isNew);
    TimelinePart shown =
        sources
            .timelines()
            .of(window, wanted(room, sources.members().visible(room, user)), limit());
    return sources.parts().of(window, shown, request.form(), lazy, false, user);
  }

  /// Whether somebody else ended the user's stay, which is worth telling a new device.
  private boolean wasRemoved(Memberships.Entry place) {
    if (place.membership() == Membership.BAN) {
      return true;
    }
    if (removed == null) {
      removed = sources.members().removals(user, places);
    }
    return removed.contains(place.position());
  }

  private void lookAtOutside(Memberships.Entry place) {
    Room room = wanted(place);
    StoredEvent member = room == null ? null : room.state().stored(StateKey.member(user));
    if (room == null || member == null || ignored.contains(member.sender())) {
      return;
    }
    StrippedState state = StrippedState.of(room.state(), user, member);
    if (place.membership() == Membership.INVITE) {
      invited.add(new RoomAnswer.Invited(room.id(), state));
    } else {
      knocked.add(new RoomAnswer.Knocked(room.id(), state));
    }
  }

  private int limit() {
    return Timelines.limit(timelineFilter());
  }

  private RoomEventFilter timelineFilter() {
    return request.filter().room().timeline();
  }

  /// Whether an event belongs into the timeline of this client.
  private Predicate<StoredEvent> wanted(Room room, Predicate<StoredEvent> visible) {
    RoomEventFilter filter = timelineFilter();
    return event ->
        Pages.wants(filter, room, event)
            && (event.isState() || !ignored.contains(event.sender()))
            && visible.test(event);
  }

  /// The views of all timelines, made together so that they share their queries.
  private List<List<EventView>> views() {
    List<StoredEvent> events = new ArrayList<>();
    joined.forEach(part -> events.addAll(part.timeline().events()));
    left.forEach(part -> events.addAll(part.timeline().events()));
    List<EventView> views =
        sources.views().of(new EventViews.Viewer(user, request.device()), events);
    List<List<EventView>> byRoom = new ArrayList<>();
    int from = 0;
    for (List<RoomPart> parts : List.of(joined, left)) {
      for (RoomPart part : parts) {
        int to = from + part.timeline().events().size();
        byRoom.add(views.subList(from, to));
        from = to;
      }
    }
    return byRoom;
  }

  private RoomAnswer.Events events(RoomPart part, List<EventView> views) {
    Room room = part.window().room();
    RoomEventFilter filter = request.filter().room().state();
    List<StoredEvent> state = new ArrayList<>(part.state(user, memory));
    state.removeIf(event -> !Pages.wants(filter, room, event));
    if (lazy) {
      part.tell(state, told);
    }
    EventForm form = EventForm.of(request.filter());
    return new RoomAnswer.Events(
        request.form(),
        state.stream()
            .map(event -> new EventView(event, room, now, null, null, null, null, null))
            .map(form::of)
            .toList(),
        views.stream().map(form::of).toList(),
        part.timeline().limited(),
        part.timeline().prevBatch());
  }
}
