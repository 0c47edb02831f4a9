package dev.sotto.homeserver.app;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.accountdata.AccountDataEvent;
import dev.sotto.homeserver.accounts.Account;
import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.appservices.Appservices;
import dev.sotto.homeserver.push.PushRule;
import dev.sotto.homeserver.push.RuleKind;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.UserFacts;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What accounts, application services and users' own data say about users of rooms.
///
/// @param state what users keep about themselves, which is made after the rooms
record RoomUserFacts(Accounts accounts, Appservices appservices, Supplier<UserState> state)
    implements UserFacts {
  private static final String DIRECT = "m.direct";
  private static final String INVITE_PERMISSION = "m.invite_permission_config";

  @Override
  public boolean exists(UserId user) {
    return accounts.find(user).map(account -> !account.deactivated()).orElse(false)
        || isReserved(user);
  }

  /// Whether an application service may yet make this user.
  private boolean isReserved(UserId user) {
    try {
      appservices.checkFree(user, null);
      return false;
    } catch (MatrixException _) {
      return accounts.find(user).isEmpty();
    }
  }

  @Override
  public boolean isGuest(UserId user) {
    return accounts.find(user).map(Account::guest).orElse(false);
  }

  @Override
  public boolean blocksInvites(UserId user) {
    return state
        .get()
        .accountData()
        .find(user, INVITE_PERMISSION)
        .map(event -> event.json().path("default_action").stringValue("").equals("block"))
        .orElse(false);
  }

  @Override
  public Set<UserId> ignoredBy(UserId user) {
    return state.get().ignoredUsers().of(user);
  }

  /// Takes the user's tags and push rule along, and what the room is among direct chats.
  @Override
  public void moved(UserId user, Room old, Room next) {
    UserState own = state.get();
    own.accountData()
        .find(user, old.id(), AccountData.TAGS)
        .ifPresent(tags -> own.accountData().set(user, next.id(), AccountData.TAGS, tags.json()));
    pushRule(user, old)
        .ifPresent(
            rule ->
                own.pushRules()
                    .put(user, RuleKind.ROOM, next.id().value(), rule.json(), null, null));
    own.accountData()
        .find(user, DIRECT)
        .map(AccountDataEvent::json)
        .filter(direct -> addDirect(direct, old, next))
        .ifPresent(direct -> own.accountData().set(user, DIRECT, direct));
  }

  private Optional<PushRule> pushRule(UserId user, Room room) {
    try {
      return Optional.of(state.get().pushRules().get(user, RuleKind.ROOM, room.id().value()));
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }

  private static boolean addDirect(ObjectNode direct, Room old, Room next) {
    boolean added = false;
    for (JsonNode rooms : direct) {
      List<String> ids = new ArrayList<>();
      rooms.forEach(id -> ids.add(id.asString("")));
      if (rooms instanceof ArrayNode list
          && ids.contains(old.id().value())
          && !ids.contains(next.id().value())) {
        list.add(next.id().value());
        added = true;
      }
    }
    return added;
  }
}
