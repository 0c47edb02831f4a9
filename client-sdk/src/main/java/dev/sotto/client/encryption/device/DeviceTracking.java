package dev.sotto.client.encryption.device;

import dev.sotto.client.encryption.request.OutgoingRequest.KeysQuery;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.memory.Recent;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Knows the devices of the users that rooms are shared with, and asks for them where what it knows
/// is outdated. Not for several threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#tracking-the-device-list-for-a-user
public final class DeviceTracking {
  private static final String GROUP = "users";
  private static final int MAX_USERS_OF_QUERY = 250;
  private static final int MAX_CACHED_USERS = 5_000;

  /// More than anybody has. Each costs a signature to check, and a message for each key that it
  /// gets or does not get.
  static final int MAX_DEVICES_OF_USER = 1_000;

  /// How long a user is not asked about again whose devices could not be had.
  private static final Duration PAUSE = Duration.ofMinutes(5);

  /// What it grows to where the user, and not the user's server, seems to be the cause.
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private static final int MOST_DOUBLINGS = 10;

  /// How often in a row a user's server may not answer, and yet is asked again at once when it
  /// tells of changes. All that is sent waits for its answers.
  private static final int MAX_RESUMED = 3;

  private static final byte[] KNOWN = "known".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OUTDATED = "outdated".getBytes(StandardCharsets.UTF_8);

  private final CryptoStore store;
  private final RequestIds ids;
  private final InstantSource clock;
  private final Set<UserId> tracked = new HashSet<>();

  // The number of the news that made a user outdated: an answer to a question that was asked before
  // newer news does not settle it.
  private final Map<UserId, Long> outdated = new HashMap<>();

  // Whose devices could not be had: they are not asked for in a while.
  private final Map<UserId, Failure> failed = new HashMap<>();

  // Signatures are checked at each reading, which costs more than all else of a send.
  private final Recent<UserId, Map<DeviceId, Device>> cache = new Recent<>(MAX_CACHED_USERS);

  private long lastNews;
  private int mostUsers = MAX_USERS_OF_QUERY;
  private @Nullable Question asked;

  /// @param until when the user is left alone
  /// @param times how often in a row
  /// @param alone whether there was no answer of use when this user alone was asked about, so that
  ///   it would spoil the answer for others; else it was the user's server that did not answer
  private record Failure(Instant until, int times, boolean alone) {}

  /// A query under way.
  ///
  /// @param news the last news when it was asked
  private record Question(KeysQuery request, List<UserId> users, long news) {}

  public DeviceTracking(CryptoStore store, RequestIds ids, InstantSource clock) {
    this.store = store;
    this.ids = ids;
    this.clock = clock;
    store
        .group(Shelf.TRACKING, GROUP)
        .forEach(
            (name, state) -> {
              UserId user = new UserId(name);
              tracked.add(user);
              if (!Arrays.equals(state, KNOWN)) {
                outdated.put(user, lastNews);
              }
            });
  }

  /// Begins to track users whose devices are needed; those tracked already stay as they are.
  public void track(Collection<UserId> users) {
    mark(users.stream().filter(user -> !tracked.contains(user)).toList());
  }

  /// Hears `device_lists` of a sync. Who is in `left` is forgotten: the server tells no more of
  /// their changes.
  public void heard(Collection<UserId> changed, Collection<UserId> left) {
    mark(changed.stream().filter(tracked::contains).toList());
    List<Change> changes = new ArrayList<>();
    for (UserId user : left) {
      // A server may name a user in both; then the user is back, or was never gone.
      if (!changed.contains(user) && tracked.remove(user)) {
        outdated.remove(user);
        failed.remove(user);
        changes.add(new Change.Delete(Shelf.TRACKING, GROUP, user.value()));
      }
    }
    apply(changes);
  }

  /// Takes everybody for outdated, since changes were missed.
  public void missedSome() {
    mark(List.copyOf(tracked));
  }

  private void mark(Collection<UserId> users) {
    List<Change> changes = new ArrayList<>();
    lastNews++;
    for (UserId user : users) {
      tracked.add(user);
      outdated.put(user, lastNews);
      failed.computeIfPresent(user, (_, failure) -> resumed(failure));
      changes.add(new Change.Put(Shelf.TRACKING, GROUP, user.value(), OUTDATED));
    }
    apply(changes);
  }

  /// Who tells of changes is back; but some do so all the time and yet do not answer.
  private Failure resumed(Failure failure) {
    return failure.alone || failure.times > MAX_RESUMED
        ? failure
        : new Failure(clock.instant(), failure.times, false);
  }

  private void apply(List<Change> changes) {
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
  }

  /// Whether a user's devices are known as they are now.
  public boolean isKnown(UserId user) {
    return tracked.contains(user) && !outdated.containsKey(user);
  }

  /// Whether nothing better can be had now: the devices are known as they are, or could not be had
  /// lately, so that what was known before has to do.
  public boolean isSettled(UserId user) {
    return isKnown(user) || tracked.contains(user) && isPaused(user);
  }

  private boolean isPaused(UserId user) {
    Failure failure = failed.get(user);
    return failure != null && clock.instant().isBefore(failure.until);
  }

  /// Whether this user would spoil the answer for others.
  private boolean isAskedAlone(UserId user) {
    Failure failure = failed.get(user);
    return failure != null && failure.alone;
  }

  private int timesFailed(UserId user) {
    Failure failure = failed.get(user);
    return failure == null ? 0 : failure.times;
  }

  /// What is to be asked, if anything is outdated and nothing is under way.
  public Optional<KeysQuery> query() {
    if (asked != null || outdated.isEmpty()) {
      return Optional.empty();
    }
    List<UserId> due = outdated.keySet().stream().filter(user -> !isPaused(user)).sorted().toList();
    List<UserId> users = due.stream().filter(user -> !isAskedAlone(user)).limit(mostUsers).toList();
    if (users.isEmpty()) {
      users = due.stream().limit(1).toList();
    }
    if (users.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode body = Json.object();
    ObjectNode wanted = body.putObject("device_keys");
    users.forEach(user -> wanted.putArray(user.value()));
    KeysQuery request = new KeysQuery(ids.next(), body);
    asked = new Question(request, users, lastNews);
    return Optional.of(request);
  }

  /// The answer to a query. Of whom it says nothing has no devices, unless the user's server
  /// failed: then the user stays outdated, and is asked about again some minutes later.
  ///
  /// @return the devices that showed other keys than before under the same id; what is kept of them
  ///   is what was known first
  public List<Device> answered(KeysQuery request, ObjectNode answer) {
    Question question = asked;
    if (question == null || !question.request.equals(request)) {
      return List.of();
    }
    List<Change> changes = new ArrayList<>();
    List<Device> changed = new ArrayList<>();
    JsonNode failures = answer.path("failures");
    List<UserId> settled = new ArrayList<>();
    for (UserId user : question.users) {
      if (failures.has(user.server().value())) {
        failed.put(user, new Failure(clock.instant().plus(PAUSE), timesFailed(user) + 1, false));
      } else if (tracked.contains(user)) {
        failed.remove(user);
        changes.addAll(keep(user, answer.path("device_keys").path(user.value()), changed));
        cache.remove(user);
        if (outdated.getOrDefault(user, 0L) <= question.news) {
          settled.add(user);
          changes.add(new Change.Put(Shelf.TRACKING, GROUP, user.value(), KNOWN));
        }
      }
    }
    apply(changes);
    settled.forEach(outdated::remove);
    asked = null;
    mostUsers = Math.min(2 * mostUsers, MAX_USERS_OF_QUERY);
    return changed;
  }

  /// There is no answer to the query that can be used: it is too long, or no JSON, comes too late,
  /// or is a refusal. Half as many users are asked about next, so that nobody's devices stay
  /// unknown for another's sake; who spoils the answer alone is left alone for a while, and then
  /// for longer.
  public void unusable(KeysQuery request) {
    Question question = asked;
    if (question == null || !question.request.equals(request)) {
      return;
    }
    asked = null;
    if (question.users.size() > 1) {
      mostUsers = question.users.size() / 2;
      return;
    }
    UserId user = question.users.getFirst();
    int times = isAskedAlone(user) ? timesFailed(user) : 0;
    Duration pause = PAUSE.multipliedBy(1L << Math.min(times, MOST_DOUBLINGS));
    Instant until =
        clock.instant().plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
    failed.put(user, new Failure(until, times + 1, true));
  }

  /// The query was not answered; it is asked again.
  public void failed(KeysQuery request) {
    if (asked != null && asked.request.equals(request)) {
      asked = null;
    }
  }

  private List<Change> keep(UserId user, JsonNode answer, List<Device> changed) {
    Map<DeviceId, Device> before = devices(user);
    List<Change> changes = new ArrayList<>();
    Set<DeviceId> there = new HashSet<>();
    for (Map.Entry<String, JsonNode> entry : looksAt(before.keySet(), answer)) {
      device(user, entry.getKey(), entry.getValue())
          .ifPresent(
              device -> {
                there.add(device.id());
                Device known = before.get(device.id());
                if (known != null && !known.hasKeysOf(device)) {
                  changed.add(device);
                } else if (known == null || !known.json().equals(device.json())) {
                  changes.add(put(device));
                }
              });
    }
    for (DeviceId id : before.keySet()) {
      if (!there.contains(id)) {
        changes.add(new Change.Delete(Shelf.DEVICES, user.value(), id.value()));
      }
    }
    return changes;
  }

  /// All devices of an answer, but of too many only the known ones and as many others as there is
  /// place for: more are given no keys.
  private static List<Map.Entry<String, JsonNode>> looksAt(Set<DeviceId> known, JsonNode answer) {
    Set<String> names = new HashSet<>();
    known.stream().map(DeviceId::value).filter(answer::has).forEach(names::add);
    answer.propertyNames().stream()
        .filter(name -> !names.contains(name))
        .limit(MAX_DEVICES_OF_USER - names.size())
        .toList()
        .forEach(names::add);
    return answer.properties().stream().filter(entry -> names.contains(entry.getKey())).toList();
  }

  private static Change put(Device device) {
    return new Change.Put(
        Shelf.DEVICES, device.user().value(), device.id().value(), Json.bytes(device.json()));
  }

  private static Optional<Device> device(UserId user, String name, JsonNode keys) {
    try {
      return Device.of(user, new DeviceId(name), keys);
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }

  /// The devices of a user as far as they are known, by id.
  public Map<DeviceId, Device> devices(UserId user) {
    Map<DeviceId, Device> found = cache.get(user);
    if (found == null) {
      found = Map.copyOf(read(user));
      cache.put(user, found);
    }
    return found;
  }

  private Map<DeviceId, Device> read(UserId user) {
    Map<DeviceId, Device> devices = new HashMap<>();
    store
        .group(Shelf.DEVICES, user.value())
        .forEach(
            (name, json) ->
                device(user, name, Json.parse(json))
                    .ifPresent(device -> devices.put(device.id(), device)));
    return devices;
  }
}
