package dev.sotto.homeserver.accountdata;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Users' account data, global and per room.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#client-config
public final class AccountData {
  public static final String FULLY_READ = "m.fully_read";
  public static final String PUSH_RULES = "m.push_rules";
  public static final String TAGS = "m.tag";
  public static final String IGNORED_USERS = "m.ignored_user_list";

  private static final Set<String> SERVERS_OWN = Set.of(FULLY_READ, PUSH_RULES);
  private static final int MAX_TYPE_BYTES = 255;
  private static final int MAX_CONTENT_BYTES = 256 * 1024;
  private static final int MAX_SERVERS_OWN_BYTES = 512 * 1024;
  private static final int MAX_TYPES = 1000;
  private static final int MAX_TYPES_OF_ROOM = 200;

  /// Hears of a user's changed piece of global account data once it is on disk; must be quick.
  @FunctionalInterface
  public interface Listener {
    void changed(UserId user, String type);
  }

  private final AccountDataStore store;
  private final Journal journal;
  private final Users users;
  private final RoomNumbers rooms;
  private final Map<String, Function<UserId, byte[]>> defaults;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /// @param defaults by type, the content that users have who set none themselves
  public AccountData(
      Database database,
      Journal journal,
      Users users,
      RoomNumbers rooms,
      Map<String, Function<UserId, byte[]>> defaults) {
    this.store = new AccountDataStore(database);
    this.journal = journal;
    this.users = users;
    this.rooms = rooms;
    this.defaults = Map.copyOf(defaults);
  }

  /// From now on `listener` hears of changes of global account data.
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /// A piece of global account data; `M_NOT_FOUND` if there is none.
  public AccountDataEvent get(UserId user, String type) {
    return find(user, type).orElseThrow(AccountData::nothing);
  }

  /// A piece of global account data, if there is one.
  public Optional<AccountDataEvent> find(UserId user, String type) {
    return users
        .knownNumber(user)
        .flatMap(number -> store.find(number, AccountDataStore.GLOBAL, type))
        .or(() -> Optional.ofNullable(defaults.get(type)).map(content -> content.apply(user)))
        .map(content -> new AccountDataEvent(type, content));
  }

  /// A piece of a room's account data; `M_NOT_FOUND` if there is none.
  public AccountDataEvent get(UserId user, RoomId room, String type) {
    return find(user, room, type).orElseThrow(AccountData::nothing);
  }

  /// A piece of a room's account data, if there is one.
  public Optional<AccountDataEvent> find(UserId user, RoomId room, String type) {
    return rooms
        .find(room)
        .flatMap(number -> store.find(users.number(user), number, type))
        .map(content -> new AccountDataEvent(type, content));
  }

  /// Sets a piece of global account data.
  ///
  /// @throws MatrixException 405 `M_BAD_JSON` for a type that the server sets itself, `M_TOO_LARGE`
  ///   and `M_RESOURCE_LIMIT_EXCEEDED`
  public void set(UserId user, String type, ObjectNode content) {
    byte[] json = check(type, content);
    long number = users.number(user);
    journal.write(
        transaction -> {
          requireSpace(transaction, number, AccountDataStore.GLOBAL, type, MAX_TYPES);
          writeGlobal(transaction, user, number, type, json);
          return number;
        });
  }

  /// Sets a piece of a room's account data; `M_NOT_FOUND` if the room is not known here.
  ///
  /// @throws MatrixException 405 `M_BAD_JSON` for a type that the server sets itself, `M_TOO_LARGE`
  ///   and `M_RESOURCE_LIMIT_EXCEEDED`
  public void set(UserId user, RoomId room, String type, ObjectNode content) {
    byte[] json = check(type, content);
    long roomNumber = requireNumber(room);
    long number = users.number(user);
    journal.write(
        transaction -> {
          requireSpace(transaction, number, roomNumber, type, MAX_TYPES_OF_ROOM);
          store.put(transaction, number, roomNumber, type, json);
          return number;
        });
  }

  /// Deletes a piece of global account data; a sync shows it as `{}`.
  public void delete(UserId user, String type) {
    checkType(type);
    long number = users.number(user);
    journal.write(
        transaction -> {
          if (store.find(transaction.handle(), number, AccountDataStore.GLOBAL, type).isPresent()) {
            writeGlobal(transaction, user, number, type, null);
          }
          return number;
        });
  }

  /// Deletes a piece of a room's account data; a sync shows it as `{}`.
  public void delete(UserId user, RoomId room, String type) {
    checkType(type);
    long roomNumber = requireNumber(room);
    long number = users.number(user);
    journal.write(
        transaction -> {
          if (store.find(transaction.handle(), number, roomNumber, type).isPresent()) {
            store.put(transaction, number, roomNumber, type, null);
          }
          return number;
        });
  }

  /// Deletes all that a user kept, for an account that ends.
  public void deleteAll(UserId user) {
    long number = users.number(user);
    journal.change(
        transaction -> {
          store.deleteAll(transaction, number);
          transaction.afterCommit(
              () -> {
                for (String type : List.of(PUSH_RULES, IGNORED_USERS)) {
                  listeners.forEach(listener -> listener.changed(user, type));
                }
              });
        });
  }

  /// Changes a piece of global account data in one step, for a type that the server looks after.
  ///
  /// @param change gets what is there, or null, and returns what shall be there
  public void update(UserId user, String type, Function<@Nullable ObjectNode, ObjectNode> change) {
    long number = users.number(user);
    journal.write(
        transaction -> {
          ObjectNode before =
              store
                  .find(transaction.handle(), number, AccountDataStore.GLOBAL, type)
                  .map(Json::parseObject)
                  .orElse(null);
          byte[] after = Json.bytes(change.apply(before));
          if (after.length > MAX_SERVERS_OWN_BYTES) {
            throw MatrixException.tooLarge("Your " + type + " would become too large.");
          }
          writeGlobal(transaction, user, number, type, after);
          return number;
        });
  }

  /// Changes a piece of a room's account data in one step; an absent one counts as `{}`.
  public void update(UserId user, RoomId room, String type, UnaryOperator<ObjectNode> change) {
    long roomNumber = requireNumber(room);
    long number = users.number(user);
    journal.write(
        transaction -> {
          ObjectNode before = findInRoom(transaction, number, roomNumber, type);
          byte[] after = Json.bytes(change.apply(before == null ? Json.object() : before));
          if (after.length > MAX_CONTENT_BYTES) {
            throw tooLarge();
          }
          store.put(transaction, number, roomNumber, type, after);
          return number;
        });
  }

  /// Within a change: a piece of a room's account data, or null.
  public @Nullable ObjectNode findInRoom(
      Transaction transaction, long user, long room, String type) {
    return store.find(transaction.handle(), user, room, type).map(Json::parseObject).orElse(null);
  }

  /// Within a change: sets a piece of a room's account data.
  public void putInRoom(
      Transaction transaction, long user, long room, String type, ObjectNode content) {
    store.put(transaction, user, room, type, Json.bytes(content));
  }

  /// All global account data of a user as of position `to`, for an initial sync.
  public List<AccountDataEvent> global(UserId user, long to) {
    List<AccountDataEvent> all =
        new ArrayList<>(store.ofRoom(users.number(user), AccountDataStore.GLOBAL, to));
    defaults.forEach(
        (type, content) -> {
          if (all.stream().noneMatch(event -> event.type().equals(type))) {
            all.add(new AccountDataEvent(type, content.apply(user)));
          }
        });
    return all;
  }

  /// The global account data of a user that changed in (from, to].
  public List<AccountDataEvent> globalSince(UserId user, long from, long to) {
    return store
        .since(users.number(user), from, to)
        .getOrDefault(AccountDataStore.GLOBAL, List.of());
  }

  /// All of a user's account data about one room as of position `to`.
  public List<AccountDataEvent> room(UserId user, long room, long to) {
    return store.ofRoom(users.number(user), room, to);
  }

  /// All of a user's account data about rooms as of position `to`, by the number of the room.
  public Map<Long, List<AccountDataEvent>> rooms(UserId user, long to) {
    return store.ofRooms(users.number(user), to);
  }

  /// The account data about rooms that changed in (from, to], by the number of the room.
  public Map<Long, List<AccountDataEvent>> roomsSince(UserId user, long from, long to) {
    Map<Long, List<AccountDataEvent>> changed =
        new HashMap<>(store.since(users.number(user), from, to));
    changed.remove(AccountDataStore.GLOBAL);
    return changed;
  }

  private void writeGlobal(
      Transaction transaction, UserId user, long number, String type, byte @Nullable [] content) {
    store.put(transaction, number, AccountDataStore.GLOBAL, type, content);
    transaction.afterCommit(() -> listeners.forEach(listener -> listener.changed(user, type)));
  }

  /// Types that were deleted count: what is left of them is what other devices hear of it by.
  private void requireSpace(
      Transaction transaction, long user, long room, String type, int maxTypes) {
    if (!store.isThere(transaction.handle(), user, room, type)
        && store.count(transaction.handle(), user, room) >= maxTypes) {
      throw new MatrixException(
          ErrorCode.M_RESOURCE_LIMIT_EXCEEDED,
          "There can be at most " + maxTypes + " types of account data in one place.");
    }
  }

  private long requireNumber(RoomId room) {
    return rooms
        .find(room)
        .orElseThrow(() -> MatrixException.notFound("This server does not know this room."));
  }

  private static byte[] check(String type, ObjectNode content) {
    checkType(type);
    byte[] json = Json.bytes(content);
    if (json.length > MAX_CONTENT_BYTES) {
      throw tooLarge();
    }
    return json;
  }

  private static void checkType(String type) {
    if (SERVERS_OWN.contains(type)) {
      throw new MatrixException(
          ErrorCode.M_BAD_JSON, 405, "Cannot set " + type + " through this API.");
    }
    if (type.isEmpty() || type.getBytes(StandardCharsets.UTF_8).length > MAX_TYPE_BYTES) {
      throw MatrixException.invalidParam("A type of account data has 1 to 255 bytes.");
    }
  }

  private static MatrixException tooLarge() {
    return MatrixException.tooLarge("Account data must not be larger than 256 KiB.");
  }

  private static MatrixException nothing() {
    return MatrixException.notFound("There is no such account data.");
  }
}
