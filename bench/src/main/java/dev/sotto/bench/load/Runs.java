package dev.sotto.bench.load;

import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.json.Json;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.node.ObjectNode;

/// Runs scenarios against one server and puts what they took into words.
final class Runs {
  private static final String API = "/_matrix/client/v3";
  private static final int ROOMS = 200;
  private static final int REPEATS = 40;
  private static final int CLAIMS = 400;

  private final URI server;
  private final int seconds;
  private final int fill;
  private final String prefix = "bench" + Long.toString(System.currentTimeMillis(), 36);
  private final AtomicInteger names = new AtomicInteger();

  Runs(URI server, int seconds, int fill) {
    this.server = server;
    this.seconds = seconds;
    this.fill = fill;
  }

  String run(Scenario scenario) throws Exception {
    return switch (scenario) {
      case SEQUENTIAL -> senders(1, 0);
      case TEN_SENDERS -> senders(10, 0);
      case FILLED -> senders(10, fill);
      case TEN_READERS -> readers(10, 100);
      case HUNDRED_READERS -> readers(100, 5);
      case MANY_ROOMS -> manyRooms();
      case JOIN -> join();
      case CLAIM -> claim();
    };
  }

  private Client client() {
    return Client.register(server, prefix + "-" + names.incrementAndGet());
  }

  private List<Client> members(String room, int count) {
    List<Client> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Client member = client();
      member.join(room);
      members.add(member);
    }
    return members;
  }

  /// `count` members send as fast as they are answered, after the room was filled with `before`.
  private String senders(int count, int before) throws Exception {
    String room;
    try (Client owner = client()) {
      room = owner.createRoom();
    }
    List<Client> members = members(room, count);
    sendAll(members, room, Duration.ofSeconds(5), Integer.MAX_VALUE, new Latencies());
    if (before > 0) {
      sendAll(members, room, Duration.ofHours(1), before, new Latencies());
    }
    Latencies took = new Latencies();
    long start = System.nanoTime();
    sendAll(members, room, Duration.ofSeconds(seconds), Integer.MAX_VALUE, took);
    double elapsed = (System.nanoTime() - start) / 1e9;
    members.forEach(Client::close);
    return String.format(Locale.ROOT, "%.0f/s, %s", took.count() / elapsed, took);
  }

  private static void sendAll(
      List<Client> members, String room, Duration time, int most, Latencies took) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    AtomicInteger left = new AtomicInteger(most);
    List<Thread> threads = new ArrayList<>();
    for (Client member : members) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (System.nanoTime() < end && left.getAndDecrement() > 0) {
                      long sent = System.nanoTime();
                      member.send(room);
                      took.add(System.nanoTime() - sent);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /// One member sends `perSecond` messages to `count` readers; counted from send to sync answer.
  private String readers(int count, int perSecond) throws Exception {
    Client sender = client();
    String room = sender.createRoom();
    List<Client> readers = members(room, count);
    AtomicBoolean running = new AtomicBoolean(true);
    AtomicBoolean counting = new AtomicBoolean();
    Latencies took = new Latencies();
    CountDownLatch synced = new CountDownLatch(count);
    List<Thread> threads = new ArrayList<>();
    for (Client reader : readers) {
      threads.add(Thread.ofVirtual().start(() -> read(reader, synced, running, counting, took)));
    }
    synced.await();
    pace(sender, room, perSecond, 3);
    counting.set(true);
    pace(sender, room, perSecond, seconds);
    running.set(false);
    sender.send(room);
    for (Thread thread : threads) {
      thread.join();
    }
    readers.forEach(Client::close);
    sender.close();
    return took.toString();
  }

  private static void read(
      Client reader,
      CountDownLatch synced,
      AtomicBoolean running,
      AtomicBoolean counting,
      Latencies took) {
    reader.sync(0);
    synced.countDown();
    List<Long> times = new ArrayList<>();
    while (running.get()) {
      byte[] answer = reader.sync(2_000);
      long now = System.nanoTime();
      times.clear();
      Client.times(answer, times);
      if (counting.get()) {
        times.forEach(sent -> took.add(now - sent));
      }
    }
  }

  private static void pace(Client sender, String room, int perSecond, int forSeconds) {
    long start = System.nanoTime();
    long gap = 1_000_000_000L / perSecond;
    for (long i = 0; i < (long) perSecond * forSeconds; i++) {
      long due = start + i * gap;
      for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
        LockSupport.parkNanos(due - now);
      }
      sender.send(room);
    }
  }

  private String manyRooms() {
    Client owner = client();
    Client reader = client();
    List<String> rooms = new ArrayList<>();
    for (int i = 0; i < ROOMS; i++) {
      String room = owner.createRoom();
      reader.join(room);
      owner.send(room);
      rooms.add(room);
    }
    Latencies initial = new Latencies();
    for (int i = 0; i < REPEATS; i++) {
      reader.forgetSince();
      long start = System.nanoTime();
      reader.sync(0);
      if (i >= REPEATS / 4) {
        initial.add(System.nanoTime() - start);
      }
    }
    Latencies incremental = new Latencies();
    for (int i = 0; i < 4 * REPEATS; i++) {
      long start = System.nanoTime();
      owner.send(rooms.get(i % ROOMS));
      reader.sync(2_000);
      if (i >= REPEATS) {
        incremental.add(System.nanoTime() - start);
      }
    }
    owner.close();
    reader.close();
    return "initial sync: " + initial + "; send and incremental sync: " + incremental;
  }

  private String join() {
    Latencies took = new Latencies();
    try (Client owner = client();
        Client joiner = client()) {
      for (int i = 0; i < 5 * REPEATS; i++) {
        String room = owner.createRoom();
        long start = System.nanoTime();
        joiner.join(room);
        if (i >= REPEATS) {
          took.add(System.nanoTime() - start);
        }
      }
    }
    return took.toString();
  }

  private String claim() {
    List<Client> owners = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Client owner = client();
      uploadKeys(owner);
      owners.add(owner);
    }
    ObjectNode wanted = Json.object();
    for (Client owner : owners) {
      String device = owner.get(API + "/account/whoami").path("device_id").asString();
      wanted
          .withObject("one_time_keys")
          .withObject(owner.userId())
          .put(device, "signed_curve25519");
    }
    Latencies took = new Latencies();
    try (Client claimer = client()) {
      for (int i = 0; i < CLAIMS; i++) {
        long start = System.nanoTime();
        claimer.post(API + "/keys/claim", wanted.toString());
        if (i >= CLAIMS / 2) {
          took.add(System.nanoTime() - start);
        }
      }
    }
    owners.forEach(Client::close);
    return took.toString();
  }

  private static void uploadKeys(Client owner) {
    String device = owner.get(API + "/account/whoami").path("device_id").asString();
    SecureRandom random = new SecureRandom();
    byte[] curve = new byte[32];
    byte[] seed = new byte[32];
    random.nextBytes(seed);
    try (SigningKey key = SigningKey.of("ed25519:" + device, seed)) {
      ObjectNode body = Json.object();
      ObjectNode keys = body.putObject("device_keys");
      keys.put("user_id", owner.userId()).put("device_id", device);
      keys.putArray("algorithms").add("m.olm.v1.curve25519-aes-sha2").add("m.megolm.v1.aes-sha2");
      random.nextBytes(curve);
      keys.putObject("keys")
          .put("curve25519:" + device, UnpaddedBase64.encode(curve))
          .put("ed25519:" + device, UnpaddedBase64.encode(key.verifyKey().bytes()));
      JsonSignatures.sign(keys, owner.userId(), key);
      ObjectNode oneTime = body.putObject("one_time_keys");
      for (int i = 0; i < CLAIMS; i++) {
        random.nextBytes(curve);
        ObjectNode one = oneTime.putObject("signed_curve25519:AAAA%04d".formatted(i));
        one.put("key", UnpaddedBase64.encode(curve));
        JsonSignatures.sign(one, owner.userId(), key);
      }
      owner.post(API + "/keys/upload", body.toString());
    }
  }
}
