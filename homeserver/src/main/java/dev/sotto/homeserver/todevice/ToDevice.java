package dev.sotto.homeserver.todevice;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.blindness.AdmittedToDevice;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.DeviceListener;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Stream;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.todevice.ToDeviceStore.Device;
import dev.sotto.homeserver.todevice.ToDeviceStore.Message;
import dev.sotto.homeserver.todevice.ToDeviceStore.Share;
import dev.sotto.homeserver.todevice.ToDeviceStore.Waiting;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Takes messages for devices and keeps them, in order, until the device has synced past them.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#send-to-device-messaging
public final class ToDevice implements DeviceListener {
  /// What stands for all devices of a user.
  private static final String ALL_DEVICES = "*";

  private static final int MAX_MESSAGE_BYTES = 65_536;
  private static final int MAX_MESSAGES_OF_REQUEST = 10_000;
  private static final int MAX_BYTES_OF_REQUEST = 32 * 1024 * 1024;
  private static final int MAX_TEXT_BYTES = 255;

  /// A sender who holds more than this part of a full queue makes room among their own messages.
  private static final int FAIR_PART = 10;

  private static final Duration TRANSACTIONS_KEPT = Duration.ofDays(7);
  private static final int SENDS_BETWEEN_CLEANINGS = 1000;
  private static final int CACHED_DEVICES = 100_000;

  private final Database database;
  private final Journal journal;
  private final Users users;
  private final Devices devices;
  private final Gate gate;
  private final InstantSource clock;
  private final int maxWaiting;
  private final ToDeviceStore store = new ToDeviceStore();
  private final AtomicLong sends = new AtomicLong();
  private final Cache<Device, Queue> queues =
      Caffeine.newBuilder().maximumSize(CACHED_DEVICES).build();

  /// @param maxWaiting how many messages may wait for one device; of a full queue, the oldest of
  ///   whoever fills it give way to new ones
  public ToDevice(
      Database database,
      Journal journal,
      Users users,
      Devices devices,
      Gate gate,
      InstantSource clock,
      int maxWaiting) {
    this.database = database;
    this.journal = journal;
    this.users = users;
    this.devices = devices;
    this.gate = gate;
    this.clock = clock;
    this.maxWaiting = maxWaiting;
  }

  /// Sends messages to devices of users of this server, once for each transaction id of a device.
  /// Devices that do not exist are passed over.
  ///
  /// @param device the sender's device, or null for an application service without one
  /// @param messages content by user, and by device id or `*`
  /// @throws MatrixException `M_TOO_LARGE` or `M_INVALID_PARAM` if a limit is passed; what the gate
  ///   throws
  public void send(
      UserId sender,
      @Nullable DeviceId device,
      String type,
      String txnId,
      Map<UserId, Map<String, ObjectNode>> messages) {
    requireShort("type", type);
    requireShort("transaction id", txnId);
    gate.checkTransactionId(txnId);
    if (messages.values().stream().mapToInt(Map::size).sum() > MAX_MESSAGES_OF_REQUEST) {
      throw MatrixException.tooLarge(
          "At most " + MAX_MESSAGES_OF_REQUEST + " messages are taken at once.");
    }
    if (messages.values().stream().allMatch(Map::isEmpty)) {
      return;
    }
    Map<UserId, Long> numbers = users.knownNumbers(messages.keySet());
    Map<Long, Map<String, byte[]>> written = new HashMap<>();
    messages.forEach(
        (user, byDevice) -> {
          Long number = numbers.get(user);
          byDevice.forEach(
              (to, content) -> {
                byte[] json = write(sender, gate.admitToDevice(type, content));
                if (number != null) {
                  written.computeIfAbsent(number, _ -> new HashMap<>()).put(to, json);
                }
              });
        });
    Device from = new Device(users.number(sender), device == null ? "" : device.value());
    journal.change(transaction -> send(transaction, from, type, txnId, written));
  }

  private static byte[] write(UserId sender, AdmittedToDevice admitted) {
    ObjectNode event = Json.object().put("sender", sender.value()).put("type", admitted.type());
    event.set("content", admitted.content());
    byte[] json = Json.bytes(event);
    if (json.length > MAX_MESSAGE_BYTES) {
      throw MatrixException.tooLarge(
          "A message to a device may have at most " + MAX_MESSAGE_BYTES + " bytes.");
    }
    return json;
  }

  private static void requireShort(String what, String text) {
    if (text.isEmpty() || text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES) {
      throw MatrixException.invalidParam(
          "The " + what + " must have 1 to " + MAX_TEXT_BYTES + " bytes.");
    }
  }

  private void send(
      Transaction transaction,
      Device from,
      String type,
      String txnId,
      Map<Long, Map<String, byte[]>> written) {
    Handle handle = transaction.handle();
    if (store.isSent(handle, from, type, txnId)) {
      return;
    }
    if (sends.incrementAndGet() % SENDS_BETWEEN_CLEANINGS == 0) {
      store.forgetSentBefore(handle, clock.instant().minus(TRANSACTIONS_KEPT));
    }
    List<Message> expanded = expand(handle, written);
    store.rememberSent(transaction, from, type, txnId, clock.instant());
    if (!expanded.isEmpty()) {
      queue(transaction, handle, from.user(), expanded);
    }
  }

  /// A message for each device that is there; what names it comes before what names all.
  private List<Message> expand(Handle handle, Map<Long, Map<String, byte[]>> written) {
    List<Message> messages = new ArrayList<>();
    devices
        .ofAll(handle, written.keySet())
        .forEach(
            (user, known) -> {
              Map<String, byte[]> byDevice = written.getOrDefault(user, Map.of());
              for (DeviceId device : known.keySet()) {
                byte[] json = byDevice.getOrDefault(device.value(), byDevice.get(ALL_DEVICES));
                if (json != null) {
                  messages.add(new Message(new Device(user, device.value()), json));
                }
              }
            });
    // One message for all devices of somebody is as many as there are devices.
    if (messages.size() > MAX_MESSAGES_OF_REQUEST
        || messages.stream().mapToLong(message -> message.json().length).sum()
            > MAX_BYTES_OF_REQUEST) {
      throw MatrixException.tooLarge("These are too many messages at once; send them in parts.");
    }
    return messages;
  }

  private void queue(Transaction transaction, Handle handle, long sender, List<Message> messages) {
    Map<Device, Queue> before = makeRoom(transaction, handle, sender, messages);
    long[] topics =
        messages.stream()
            .mapToLong(message -> message.to().user())
            .distinct()
            .map(Topics::user)
            .toArray();
    long position = transaction.append(Stream.TO_DEVICE, topics);
    store.insert(transaction, position, sender, messages);
    transaction.afterCommit(
        () ->
            before.forEach(
                (device, known) ->
                    queues
                        .asMap()
                        .compute(
                            device, (_, queue) -> (queue == null ? known : queue).plus(position))));
  }

  /// The queues of the devices that these are for, the full ones made shorter.
  private Map<Device, Queue> makeRoom(
      Transaction transaction, Handle handle, long sender, List<Message> messages) {
    Set<Device> targets = new HashSet<>();
    messages.forEach(message -> targets.add(message.to()));
    Map<Device, Queue> known = new HashMap<>(queues.getAllPresent(targets));
    targets.removeAll(known.keySet());
    if (!targets.isEmpty()) {
      Map<Device, Queue> loaded = store.queues(handle, targets);
      targets.forEach(device -> known.put(device, loaded.getOrDefault(device, Queue.EMPTY)));
    }
    known.replaceAll(
        (device, queue) ->
            queue.count() < maxWaiting ? queue : shorten(transaction, sender, device, queue));
    return known;
  }

  /// Drops old messages of `sender`, or where that is somebody with few of them, of whoever has
  /// most: nobody can make a device lose what others sent it, nor keep others from sending to it.
  private Queue shorten(Transaction transaction, long sender, Device device, Queue queue) {
    Handle handle = transaction.handle();
    Share own = store.share(handle, device, sender);
    Share share =
        own.count() > maxWaiting / FAIR_PART ? own : store.largestShare(handle, device).orElse(own);
    // More than one at once, so that a device nobody reads costs this once in a while only.
    int excess = Math.min(maxWaiting / 10, share.count() / 2);
    int deleted = store.deleteOldest(handle, device, share, Math.max(1, excess));
    transaction.afterCommit(
        () -> queues.asMap().computeIfPresent(device, (_, present) -> present.less(deleted)));
    return queue.less(deleted);
  }

  /// The oldest messages for a device in (from, to], at most `limit`. Costs no query if none wait.
  public ToDeviceBatch since(long user, DeviceId device, long from, long to, int limit) {
    Device key = new Device(user, device.value());
    if (from >= to || queue(key).last() <= from) {
      return new ToDeviceBatch(List.of(), to);
    }
    List<Waiting> waiting = database.read(handle -> store.since(handle, key, from, to, limit));
    long last = waiting.size() < limit ? to : waiting.getLast().position();
    return new ToDeviceBatch(waiting.stream().map(Waiting::json).toList(), last);
  }

  /// Deletes what a device has synced past. It is not waited for: what a crash brings back is
  /// deleted when the device syncs again.
  public void deleteUpTo(long user, DeviceId device, long position) {
    Device key = new Device(user, device.value());
    if (position < queue(key).first()) {
      return;
    }
    journal.submit(
        transaction -> {
          int deleted = store.deleteUpTo(transaction.handle(), key, position);
          transaction.afterCommit(
              () ->
                  queues
                      .asMap()
                      .computeIfPresent(key, (_, queue) -> queue.minus(position, deleted)));
          return deleted;
        },
        null);
  }

  private Queue queue(Device device) {
    return queues.get(
        device,
        key ->
            database
                .read(handle -> store.queues(handle, List.of(key)))
                .getOrDefault(key, Queue.EMPTY));
  }

  /// Forgets what waits for a device that is going, and what it sent.
  @Override
  public void removed(Transaction transaction, long user, DeviceId device) {
    Device key = new Device(user, device.value());
    store.deleteAll(transaction.handle(), key);
    transaction.afterCommit(() -> queues.invalidate(key));
  }
}
