package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.accountdata.IgnoredUsers;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.journal.Watch;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.presence.Presence;
import dev.sotto.homeserver.push.UnreadCounts;
import dev.sotto.homeserver.receipts.Receipts;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.typing.Typing;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Answers syncs, and waits for news where there is none.
public final class Sync {
  private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

  private final SyncSources sources;
  private final LazyMembers lazyMembers = new LazyMembers();

  public Sync(
      Journal journal,
      Users users,
      RoomServices rooms,
      AccountData accountData,
      IgnoredUsers ignoredUsers,
      Receipts receipts,
      Typing typing,
      Presence presence,
      UnreadCounts unreadCounts,
      InstantSource clock) {
    OwnMemberships members = new OwnMemberships(rooms.timeline(), rooms.visibility());
    sources =
        new SyncSources(
            journal,
            rooms.rooms(),
            rooms.memberships(),
            rooms.views(),
            members,
            new Timelines(rooms.timeline()),
            new RoomParts(rooms.timeline()),
            new DeviceListNews(journal, rooms.rooms(), rooms.timeline(), members),
            new RoomExtrasSource(journal, users, typing, receipts, accountData),
            accountData,
            ignoredUsers,
            presence,
            typing,
            unreadCounts,
            users,
            clock);
  }

  /// The answer to a sync; where nothing happened it comes when something does, or when the time is
  /// up.
  public SyncResponse answer(SyncRequest asked) {
    SyncRequest request = asked.since() == null ? asked : asked.since(usable(asked.since()));
    Duration timeout =
        request.timeout().compareTo(MAX_TIMEOUT) > 0 ? MAX_TIMEOUT : request.timeout();
    sources.presence().syncing(request.user(), request.device(), request.presence(), timeout);
    long deadline = System.nanoTime() + timeout.toNanos();
    LazyMembers.Memory memory = memory(request);
    Answer answer = look(request, request.since(), memory);
    boolean waits = request.since() != null && !request.fullState() && timeout.isPositive();
    if (waits && answer.response.isEmpty()) {
      answer = await(request, memory, deadline);
    }
    if (memory != null) {
      lazyMembers.told(
          request.user(), request.device(), memory, answer.response.next(), answer.round.told());
    }
    return answer.response;
  }

  /// An answer, and the look that it came from.
  private record Answer(SyncRound round, SyncResponse response) {}

  private Answer look(
      SyncRequest request, @Nullable StreamToken since, LazyMembers.@Nullable Memory memory) {
    SyncRound round = new SyncRound(sources, request, since, memory);
    return new Answer(round, round.answer());
  }

  private Answer await(SyncRequest request, LazyMembers.@Nullable Memory memory, long deadline) {
    long[] topics = sources.memberships().topics(request.user());
    try (Watch watch = sources.journal().watchers().watch(topics)) {
      // What came before the watch began is seen by this look.
      Answer answer = look(request, request.since(), memory);
      while (answer.response.isEmpty()) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || !watch.await(Duration.ofNanos(left))) {
          return answer;
        }
        // What was empty need not be looked at again.
        answer = look(request, answer.response.next(), memory);
      }
      return answer;
    }
  }

  /// What the device was told of members, or null if it wants all of them every time.
  private LazyMembers.@Nullable Memory memory(SyncRequest request) {
    var state = request.filter().room().state();
    if (!state.lazyLoadMembers()) {
      return null;
    }
    return state.includeRedundantMembers()
        ? new LazyMembers.Memory()
        : lazyMembers.of(request.user(), request.device(), request.since());
  }

  /// A token from before the database was restored to an older state points to what is not there:
  /// then the client is told everything anew.
  private @Nullable StreamToken usable(StreamToken since) {
    long head = sources.journal().head();
    return since.position() > head || since.toDevice() > head ? null : since;
  }
}
