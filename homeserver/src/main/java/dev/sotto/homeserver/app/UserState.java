package dev.sotto.homeserver.app;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.accountdata.IgnoredUsers;
import dev.sotto.homeserver.accountdata.Tags;
import dev.sotto.homeserver.api.client.AccountDataEndpoints;
import dev.sotto.homeserver.api.client.FilterEndpoints;
import dev.sotto.homeserver.api.client.PresenceEndpoints;
import dev.sotto.homeserver.api.client.ReadMarkersEndpoints;
import dev.sotto.homeserver.api.client.ReceiptsEndpoints;
import dev.sotto.homeserver.api.client.TagsEndpoints;
import dev.sotto.homeserver.api.client.TypingEndpoints;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.filters.Filters;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.presence.Presence;
import dev.sotto.homeserver.receipts.Receipts;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.typing.Typing;
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
    Typing typing,
    Presence presence)
    implements AutoCloseable {

  static UserState over(
      Database database,
      Journal journal,
      Users users,
      RoomServices rooms,
      boolean presenceEnabled,
      InstantSource clock) {
    RoomFacts facts = new RoomFacts(rooms.rooms(), rooms.memberships(), rooms.timeline());
    AccountData accountData = new AccountData(database, journal, users, facts::number, Map.of());
    return new UserState(
        accountData,
        new IgnoredUsers(accountData),
        new Tags(accountData),
        new Filters(database, journal, users),
        new Receipts(
            database, journal, users, accountData, facts::requireJoined, facts::place, clock),
        new Typing(facts::requireJoined, journal.watchers(), clock),
        new Presence(presenceEnabled, users, facts, journal.watchers(), clock));
  }

  List<Route> routes() {
    return Stream.of(
            new AccountDataEndpoints(accountData).routes(),
            new TagsEndpoints(tags).routes(),
            new FilterEndpoints(filters).routes(),
            new ReceiptsEndpoints(receipts).routes(),
            new ReadMarkersEndpoints(receipts).routes(),
            new TypingEndpoints(typing, presence).routes(),
            new PresenceEndpoints(presence).routes())
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public void close() {
    typing.close();
    presence.close();
  }
}
