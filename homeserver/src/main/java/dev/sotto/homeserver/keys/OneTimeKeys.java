package dev.sotto.homeserver.keys;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Stream;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.keys.OneTimeKeyStore.Found;
import dev.sotto.homeserver.keys.OneTimeKeyStore.Queue;
import dev.sotto.homeserver.keys.OneTimeKeyStore.Wanted;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Keeps one-time keys and hands each out once, in the order they were uploaded; after the last the
/// fallback key, as often as it is asked for.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#one-time-and-fallback-keys
public final class OneTimeKeys {
  private static final int MAX_KEYS_OF_DEVICE = 1000;
  private static final int MAX_ALGORITHMS_OF_DEVICE = 20;
  private static final int CACHED_DEVICES = 100_000;

  /// A device of a user, by number and id.
  private record Device(long user, String id) {}

  private record Stock(Map<String, Long> counts, List<String> unusedFallbackTypes) {}

  /// Keys that were handed out: by user, device and name, each with its JSON.
  public record Claimed(Map<UserId, Map<String, Map<String, String>>> keys) {}

  private final Database database;
  private final Journal journal;
  private final Users users;
  private final OneTimeKeyStore store;
  private final Cache<Device, Stock> stocks =
      Caffeine.newBuilder().maximumSize(CACHED_DEVICES).build();

  public OneTimeKeys(Database database, Journal journal, Users users) {
    this.database = database;
    this.journal = journal;
    this.users = users;
    this.store = new OneTimeKeyStore(database.dialect());
  }

  /// How many one-time keys of each algorithm wait for a claim; `signed_curve25519` is always
  /// named. In memory for devices that asked lately.
  public Map<String, Long> counts(long user, DeviceId device) {
    return stock(user, device).counts;
  }

  /// The algorithms whose fallback key was not handed out yet. In memory like the counts.
  public List<String> unusedFallbackTypes(long user, DeviceId device) {
    return stock(user, device).unusedFallbackTypes;
  }

  private Stock stock(long user, DeviceId device) {
    return stocks.get(
        new Device(user, device.value()),
        key ->
            database.read(
                handle ->
                    new Stock(
                        counts(store.queues(handle, key.user, key.id)),
                        store.fallbacks(handle, key.user, key.id).stream()
                            .filter(fallback -> !fallback.used())
                            .map(OneTimeKeyStore.Fallback::algorithm)
                            .toList())));
  }

  private static Map<String, Long> counts(Map<String, Queue> queues) {
    Map<String, Long> counts = new TreeMap<>();
    counts.put(OneTimeKey.SIGNED_CURVE25519, 0L);
    queues.forEach((algorithm, queue) -> counts.put(algorithm, queue.left()));
    return Map.copyOf(counts);
  }

  /// Adds what a device uploads, and answers the counts after it. A key that is known by its name
  /// stays as it is, also if it was handed out before.
  ///
  /// @throws MatrixException `M_INVALID_PARAM` if a name stood for another key before, or there are
  ///   too many keys
  Map<String, Long> add(Transaction transaction, long user, DeviceId device, KeyUpload upload) {
    Device key = new Device(user, device.value());
    boolean changed = addOneTimeKeys(transaction, key, upload.oneTimeKeys());
    changed |= putFallbackKeys(transaction, key, upload.fallbackKeys());
    if (changed) {
      transaction.append(Stream.KEY_COUNTS, Topics.user(user));
      transaction.afterCommit(() -> stocks.invalidate(key));
    }
    return counts(store.queues(transaction.handle(), user, key.id));
  }

  private boolean addOneTimeKeys(Transaction transaction, Device device, List<OneTimeKey> keys) {
    if (keys.isEmpty()) {
      return false;
    }
    Map<String, String> known = store.known(transaction.handle(), device.user, device.id, keys);
    Map<String, List<OneTimeKey>> added = new LinkedHashMap<>();
    for (OneTimeKey key : keys) {
      String before = known.get(key.name());
      if (before == null) {
        added.computeIfAbsent(key.algorithm(), _ -> new ArrayList<>()).add(key);
      } else if (!before.equals(key.publicKey())) {
        throw MatrixException.invalidParam(
            "One time key " + key.name() + " already exists, and it is another key.");
      }
    }
    Map<String, Queue> queues = store.queues(transaction.handle(), device.user, device.id);
    long count =
        queues.values().stream().mapToLong(Queue::left).sum()
            + added.values().stream().mapToLong(List::size).sum();
    if (count > MAX_KEYS_OF_DEVICE) {
      throw MatrixException.invalidParam(
          "A device may have at most " + MAX_KEYS_OF_DEVICE + " one-time keys here.");
    }
    requireFewAlgorithms(queues.keySet(), added.keySet());
    added.forEach(
        (algorithm, more) ->
            store.add(
                transaction,
                device.user,
                device.id,
                algorithm,
                queues.getOrDefault(algorithm, Queue.EMPTY),
                more));
    return !added.isEmpty();
  }

  private static void requireFewAlgorithms(Set<String> present, Set<String> added) {
    Set<String> all = new HashSet<>(present);
    all.addAll(added);
    if (all.size() > MAX_ALGORITHMS_OF_DEVICE) {
      throw MatrixException.invalidParam(
          "A device may have keys of at most " + MAX_ALGORITHMS_OF_DEVICE + " algorithms here.");
    }
  }

  private boolean putFallbackKeys(Transaction transaction, Device device, List<OneTimeKey> keys) {
    if (keys.isEmpty()) {
      return false;
    }
    Map<String, String> present = new HashMap<>();
    store
        .fallbacks(transaction.handle(), device.user, device.id)
        .forEach(key -> present.put(key.algorithm() + ":" + key.keyId(), key.publicKey()));
    requireFewAlgorithms(
        present.keySet().stream()
            .map(name -> name.substring(0, name.indexOf(':')))
            .collect(Collectors.toSet()),
        keys.stream().map(OneTimeKey::algorithm).collect(Collectors.toSet()));
    boolean changed = false;
    for (OneTimeKey key : keys) {
      // The same key again must not count as unused again: it was seen by whoever claimed it.
      if (!key.publicKey().equals(present.get(key.name()))) {
        store.putFallback(transaction.handle(), device.user, device.id, key);
        changed = true;
      }
    }
    return changed;
  }

  /// Hands out one key of an algorithm for each of these devices, as far as they have any. What is
  /// answered is on disk as handed out.
  ///
  /// @param wanted algorithms by user and device; all of users of this server
  public Claimed claim(Map<UserId, Map<String, String>> wanted) {
    Map<Long, UserId> ids = new HashMap<>();
    users.knownNumbers(wanted.keySet()).forEach((id, number) -> ids.put(number, id));
    Set<Wanted> asked = new HashSet<>();
    ids.forEach(
        (number, id) ->
            wanted
                .getOrDefault(id, Map.of())
                .forEach((device, algorithm) -> asked.add(new Wanted(number, device, algorithm))));
    List<Found> found =
        asked.isEmpty() ? List.of() : journal.write(transaction -> claim(transaction, asked));
    Claimed claimed = new Claimed(new HashMap<>());
    for (Found key : found) {
      UserId user = ids.get(key.wanted().user());
      if (user != null) {
        claimed
            .keys
            .computeIfAbsent(user, _ -> new HashMap<>())
            .computeIfAbsent(key.wanted().device(), _ -> new HashMap<>())
            .put(key.wanted().algorithm() + ":" + key.keyId(), key.json());
      }
    }
    return claimed;
  }

  private List<Found> claim(Transaction transaction, Set<Wanted> asked) {
    List<Found> oneTime = store.first(transaction.handle(), asked);
    Set<Wanted> left = new HashSet<>(asked);
    oneTime.forEach(key -> left.remove(key.wanted()));
    Set<Wanted> touched = new HashSet<>();
    List<Found> found = new ArrayList<>(oneTime);
    if (!left.isEmpty()) {
      found.addAll(store.fallback(transaction.handle(), left, touched));
      store.markUsed(transaction, touched);
    }
    store.claimed(transaction, oneTime);
    oneTime.forEach(key -> touched.add(key.wanted()));
    if (!touched.isEmpty()) {
      transaction.append(
          Stream.KEY_COUNTS,
          touched.stream().mapToLong(Wanted::user).distinct().map(Topics::user).toArray());
      transaction.afterCommit(
          () -> touched.forEach(key -> stocks.invalidate(new Device(key.user(), key.device()))));
    }
    return found;
  }

  /// Forgets all keys of a device that is going.
  void removed(Transaction transaction, long user, DeviceId device) {
    store.deleteAll(transaction.handle(), user, device.value());
    transaction.afterCommit(() -> stocks.invalidate(new Device(user, device.value())));
  }
}
