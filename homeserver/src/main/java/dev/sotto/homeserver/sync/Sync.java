package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.accountdata.IgnoredUsers;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.journal.Watch;
import dev.sotto.homeserver.keys.KeyServices;
import dev.sotto.homeserver.keys.SharingChanges;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.presence.Presence;
import dev.sotto.homeserver.push.UnreadCounts;
import dev.sotto.homeserver.receipts.Receipts;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.todevice.ToDevice;
import dev.sotto.homeserver.typing.Typing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Answers syncs, and waits for news where there is none.
public final class Sync {
  private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

  private final SyncSources sources;
  private final SharingNews sharing;
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
      KeyServices keys,
      ToDevice toDevice,
      InstantSource clock) {
    OwnMemberships members = new OwnMemberships(rooms.timeline(), rooms.visibility());
    sharing = new SharingNews(journal, rooms, members);
    sources =
        new SyncSources(
            journal,
            rooms.rooms(),
            rooms.memberships(),
            rooms.views(),
            members,
            new Timelines(rooms.timeline()),
            new RoomParts(rooms.timeline()),
            sharing,
            keys.deviceLists(),
            new DeviceNews(journal, users, toDevice, keys.oneTimeKeys()),
            new RoomExtrasSource(journal, users, typing, receipts, accountData),
            accountData,
            ignoredUsers,
            presence,
            typing,
            unreadCounts,
            users,
            clock);
  }

  /// What syncs tell of users who begin or cease to share rooms.
  public SharingChanges sharing() {
    return sharing;
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
    sources.deviceNews().arrived(request.user(), request.device(), request.since());
    Answer answer = look(request, request.since(), memory);
    boolean waits = request.since() != null && !request.fullState() && timeout.isPositive();
    if (waits && answer.response.isEmpty()) {
      answer = await(request, answer.response.next(), memory, deadline);
    }
    if (memory != null) {
      lazyMembers.told(
          request.user(), request.device(), memory, answer.response.next(), answer.told);
    }
    return answer.response;
  }

  /// An answer, and the members that it tells of.
  private record Answer(Map<LazyMembers.Member, Long> told, SyncResponse response) {}

  private Answer look(
      SyncRequest request, @Nullable StreamToken since, LazyMembers.@Nullable Memory memory) {
    if (since != null && !request.fullState() && isQuiet(since)) {
      return new Answer(
          Map.of(),
          SyncResponse.nothing(
              since,
              sources
                  .deviceNews()
                  .since(request.user(), request.device(), since, since.position())));
    }
    SyncRound round = new SyncRound(sources, request, since, memory);
    return new Answer(round.told(), round.answer());
  }

  /// Whether nothing at all happened since, to anybody.
  private boolean isQuiet(StreamToken since) {
    return sources.journal().head() == since.position()
        && since.toDevice() == since.position()
        && sources.typing().serial() == since.typing()
        && sources.presence().serial() == since.presence();
  }

  private Answer await(
      SyncRequest request, StreamToken since, LazyMembers.@Nullable Memory memory, long deadline) {
    long[] topics = sources.memberships().topics(request.user());
    try (Watch watch = sources.journal().watchers().watch(topics)) {
      // What came before the watch began is seen by this look.
      Answer answer = look(request, since, memory);
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
