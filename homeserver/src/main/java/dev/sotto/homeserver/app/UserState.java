package dev.sotto.homeserver.app;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.accountdata.IgnoredUsers;
import dev.sotto.homeserver.accountdata.Tags;
import dev.sotto.homeserver.api.client.AccountDataEndpoints;
import dev.sotto.homeserver.api.client.FilterEndpoints;
import dev.sotto.homeserver.api.client.NotificationsEndpoints;
import dev.sotto.homeserver.api.client.PresenceEndpoints;
import dev.sotto.homeserver.api.client.PusherEndpoints;
import dev.sotto.homeserver.api.client.PushrulesEndpoints;
import dev.sotto.homeserver.api.client.ReadMarkersEndpoints;
import dev.sotto.homeserver.api.client.ReceiptsEndpoints;
import dev.sotto.homeserver.api.client.TagsEndpoints;
import dev.sotto.homeserver.api.client.TypingEndpoints;
import dev.sotto.homeserver.app.settings.Settings;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.filters.Filters;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.keys.KeyServices;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.presence.Presence;
import dev.sotto.homeserver.push.Notifications;
import dev.sotto.homeserver.push.PushRules;
import dev.sotto.homeserver.push.UnreadCounts;
import dev.sotto.homeserver.pushers.Pushers;
import dev.sotto.homeserver.receipts.Receipts;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.sync.Sync;
import dev.sotto.homeserver.todevice.ToDevice;
import dev.sotto.homeserver.typing.Typing;
import dev.sotto.protocol.id.UserId;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The services of what users keep about themselves and show to those around them.
record UserState(
    AccountData accountData,
    IgnoredUsers ignoredUsers,
    Tags tags,
    Filters filters,
    Receipts receipts,
    PushRules pushRules,
    UnreadCounts unreadCounts,
    Notifications notifications,
    RoomServices rooms,
    Typing typing,
    Presence presence,
    Pushers pushers)
    implements AutoCloseable {

  static UserState over(
      Database database,
      Journal journal,
      Users users,
      RoomServices rooms,
      Settings settings,
      InstantSource clock) {
    RoomFacts facts = new RoomFacts(rooms.rooms(), rooms.memberships(), rooms.timeline());
    AccountData accountData =
        new AccountData(
            database,
            journal,
            users,
            facts::number,
            Map.of(AccountData.PUSH_RULES, PushRules::defaults));
    IgnoredUsers ignoredUsers = new IgnoredUsers(accountData);
    Receipts receipts =
        new Receipts(
            database, journal, users, accountData, facts::requireJoined, facts::place, clock);
    PushRules pushRules = new PushRules(accountData);
    RoomEvents events = new RoomEvents(rooms, facts);
    Typing typing = new Typing(facts::requireJoined, journal.watchers(), clock);
    rooms
        .memberships()
        .listen(
            (user, room) -> {
              if (!typing.typing(room).isEmpty()) {
                typing.stop(users.id(user), room);
              }
            });
    return new UserState(
        accountData,
        ignoredUsers,
        new Tags(accountData),
        new Filters(database, journal, users),
        receipts,
        pushRules,
        new UnreadCounts(pushRules, receipts, ignoredUsers, events),
        new Notifications(pushRules, receipts, ignoredUsers, events, journal),
        rooms,
        typing,
        new Presence(settings.presenceEnabled(), users, facts, journal.watchers(), clock),
        new Pushers(database, journal, users, !settings.outbound().allowLoopback(), clock));
  }

  /// The sync that tells of all this, and of what happens in rooms.
  Sync sync(
      Journal journal,
      Users users,
      RoomServices rooms,
      KeyServices keys,
      ToDevice toDevice,
      InstantSource clock) {
    return new Sync(
        journal,
        users,
        rooms,
        accountData,
        ignoredUsers,
        receipts,
        typing,
        presence,
        unreadCounts,
        keys,
        toDevice,
        clock);
  }

  List<Route> routes() {
    return Stream.of(
            new AccountDataEndpoints(accountData).routes(),
            new TagsEndpoints(tags).routes(),
            new FilterEndpoints(filters).routes(),
            new ReceiptsEndpoints(receipts, presence).routes(),
            new ReadMarkersEndpoints(receipts).routes(),
            new PushrulesEndpoints(pushRules).routes(),
            new PusherEndpoints(pushers).routes(),
            new NotificationsEndpoints(notifications, rooms).routes(),
            new TypingEndpoints(typing, presence).routes(),
            new PresenceEndpoints(presence).routes())
        .flatMap(List::stream)
        .toList();
  }

  /// Deletes what an ended account kept for itself.
  void forget(UserId user) {
    accountData.deleteAll(user);
    pushers.deleteAll(user);
  }

  @Override
  public void close() {
    typing.close();
    presence.close();
  }
}
