package dev.sotto.homeserver.names;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Numbers for user ids and ids for numbers. A number, once given, stays.
public final class Users {
  private static final int CACHED = 100_000;

  private static final String BY_ID = "SELECT number FROM users WHERE user_id = ?";
  private static final String BY_NUMBER = "SELECT user_id FROM users WHERE number = ?";
  private static final String STARTING_WITH =
      "SELECT user_id FROM users WHERE user_id >= ? AND user_id < ? ORDER BY user_id LIMIT ?";
  private static final String BY_IDS =
      """
      SELECT u.user_id, u.number FROM UNNEST(CAST(:ids AS VARCHAR ARRAY)) AS w (id)
      JOIN users u ON u.user_id = w.id
      """;
  private static final String BY_NUMBERS =
      """
      SELECT u.number, u.user_id FROM UNNEST(CAST(:numbers AS BIGINT ARRAY)) AS w (id)
      JOIN users u ON u.number = w.id
      """;
  private static final String INSERT = "INSERT INTO users (number, user_id) VALUES (?, ?)";

  private final Database database;
  private final Journal journal;
  private final String nextNumber;
  private final Cache<UserId, Long> numbers = Caffeine.newBuilder().maximumSize(CACHED).build();
  private final Cache<Long, UserId> ids = Caffeine.newBuilder().maximumSize(CACHED).build();

  public Users(Database database, Journal journal) {
    this.database = database;
    this.journal = journal;
    this.nextNumber = "SELECT " + database.dialect().nextValue("user_numbers");
  }

  /// The user's number, given now if there was none. Not to be called inside a change.
  public long number(UserId id) {
    Long cached = numbers.getIfPresent(id);
    if (cached != null) {
      return cached;
    }
    Optional<Long> known = database.read(handle -> find(handle, id));
    return remember(id, known.orElseGet(() -> journal.write(transaction -> give(transaction, id))));
  }

  /// The user's number, or empty if the user was never named here.
  public Optional<Long> knownNumber(UserId id) {
    Long cached = numbers.getIfPresent(id);
    if (cached != null) {
      return Optional.of(cached);
    }
    Optional<Long> known = database.read(handle -> find(handle, id));
    known.ifPresent(number -> remember(id, number));
    return known;
  }

  /// The numbers of those of these users that were ever named here; one query at most.
  public Map<UserId, Long> knownNumbers(Collection<UserId> wanted) {
    Map<UserId, Long> found = new HashMap<>(numbers.getAllPresent(wanted));
    List<String> missing =
        wanted.stream().filter(id -> !found.containsKey(id)).map(UserId::value).toList();
    if (!missing.isEmpty()) {
      database
          .read(
              handle ->
                  handle
                      .createQuery(BY_IDS)
                      .bindArray("ids", String.class, missing)
                      .map((row, _) -> Map.entry(new UserId(row.getString(1)), row.getLong(2)))
                      .list())
          .forEach(entry -> found.put(entry.getKey(), remember(entry.getKey(), entry.getValue())));
    }
    return found;
  }

  /// The ids behind numbers that this class gave; one query at most.
  public Map<Long, UserId> ids(Collection<Long> wanted) {
    Map<Long, UserId> found = new HashMap<>(ids.getAllPresent(wanted));
    List<Long> missing = wanted.stream().filter(number -> !found.containsKey(number)).toList();
    if (!missing.isEmpty()) {
      database
          .read(
              handle ->
                  handle
                      .createQuery(BY_NUMBERS)
                      .bindArray("numbers", Long.class, missing)
                      .map((row, _) -> Map.entry(row.getLong(1), new UserId(row.getString(2))))
                      .list())
          .forEach(
              entry -> {
                remember(entry.getValue(), entry.getKey());
                found.put(entry.getKey(), entry.getValue());
              });
    }
    return found;
  }

  /// The id behind a number that this class gave.
  public UserId id(long number) {
    UserId cached = ids.getIfPresent(number);
    if (cached != null) {
      return cached;
    }
    UserId id =
        new UserId(
            database.read(
                handle -> handle.createQuery(BY_NUMBER).bind(0, number).mapTo(String.class).one()));
    remember(id, number);
    return id;
  }

  /// The ids that start with `prefix`, in order.
  public List<UserId> startingWith(String prefix, int limit) {
    return database.read(
        handle ->
            handle
                .createQuery(STARTING_WITH)
                .bind(0, prefix)
                .bind(1, prefix + Character.MAX_VALUE)
                .bind(2, limit)
                .map((row, _) -> new UserId(row.getString(1)))
                .list());
  }

  private long give(Transaction transaction, UserId id) {
    Handle handle = transaction.handle();
    return find(handle, id)
        .orElseGet(
            () -> {
              long number = handle.createQuery(nextNumber).mapTo(Long.class).one();
              handle.execute(INSERT, number, id.value());
              return number;
            });
  }

  private static Optional<Long> find(Handle handle, UserId id) {
    return handle.createQuery(BY_ID).bind(0, id.value()).mapTo(Long.class).findOne();
  }

  private long remember(UserId id, long number) {
    numbers.put(id, number);
    ids.put(number, id);
    return number;
  }
}
