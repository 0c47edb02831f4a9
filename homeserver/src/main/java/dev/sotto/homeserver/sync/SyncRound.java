package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.filters.RoomEventFilter;
import dev.sotto.homeserver.journal.Stream;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.journal.Topics;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One look at what happened between two positions, for one request.
final class SyncRound {
  private final SyncSources sources;
  private final SyncRequest request;
  private final UserId user;
  private final long since;
  private final Places places;
  private final LazyMembers.@Nullable Memory memory;
  private final boolean lazy;
  private final Set<UserId> ignored;
  private final Map<LazyMembers.Member, Long> told = new HashMap<>();
  private final long now;

  /// Positions of memberships that others ended; null until asked for.
  private @Nullable Set<Long> removed;

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
    this.since = since == null ? 0 : since.position();
    this.memory = memory;
    this.places = Places.now(sources.journal(), sources.memberships(), user);
    this.lazy = memory != null;
    this.ignored = Set.of();
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
    List<PastState> states = new ArrayList<>();
    joined.forEach(part -> states.add(part.past()));
    left.forEach(part -> states.add(part.past()));
    sources.parts().complete(states);
    List<RoomAnswer.Joined> joinedRooms = new ArrayList<>();
    List<RoomAnswer.Left> leftRooms = new ArrayList<>();
    List<List<EventView>> views = views();
    for (int i = 0; i < joined.size(); i++) {
      RoomPart part = joined.get(i);
      joinedRooms.add(
          new RoomAnswer.Joined(
              part.window().room().id(),
              events(part, views.get(i)),
              part.summary(),
              List.of(),
              List.of(),
              null));
    }
    for (int i = 0; i < left.size(); i++) {
      RoomPart part = left.get(i);
      leftRooms.add(
          new RoomAnswer.Left(
              part.window().room().id(), events(part, views.get(joined.size() + i)), List.of()));
    }
    DeviceListChanges deviceLists =
        request.since() == null
            ? DeviceListChanges.NONE
            : sources.deviceListNews().since(user, since, places);
    return new SyncResponse(
        new StreamToken(places.to(), 0, 0), joinedRooms, leftRooms, invited, knocked, deviceLists);
  }

  private void look(Memberships.Entry place) {
    boolean all = since == 0 || request.fullState();
    boolean moved = place.position() > since;
    switch (place.membership()) {
      case JOIN -> {
        if (all || moved || hasEvents(place.room())) {
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

  private boolean hasEvents(long room) {
    return sources.journal().latest(Stream.EVENTS, Topics.room(room)) > since;
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
      window = Window.joined(room, places.to());
    } else if (since == 0) {
      window = Window.whole(room, places.to());
    } else if (request.fullState()) {
      window = Window.fullState(room, since, places.to());
    } else {
      window = Window.since(room, since, places.to());
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

  private static boolean isEmpty(RoomPart part) {
    return part.summary() == null
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
