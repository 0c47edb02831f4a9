package dev.sotto.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.sotto.client.encryption.Machine;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.TextMessage;
import dev.sotto.client.http.FakePace;
import dev.sotto.client.http.FakeServer;
import dev.sotto.client.http.TokenPair;
import dev.sotto.client.memory.SecretText;
import dev.sotto.client.session.SavedSession;
import dev.sotto.client.session.Session;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A client goes on, and hands on each message of a room that is as it should be, whatever else the
/// server answers, and however often it fails.
class HostileServerTest {
  private static final int MESSAGES = 100;

  /// By then a client that goes on has long seen all.
  private static final int MOST_SYNCS = 10 * MESSAGES;

  private static final String GOOD_ROOM = "!good:example.org";
  private static final List<String> BAD_ROOMS =
      List.of("!one:example.org", "!two:example.org", "!three:example.org");
  private static final List<String> MEMBERSHIPS = List.of("join", "leave", "invite", "ban");
  private static final List<String> RUBBISH =
      List.of(
          "null",
          "\"\"",
          "\"x\"",
          "\"@ada:example.org\"",
          "\"!one:example.org\"",
          "7",
          "-1",
          "1e400",
          "12345678901234567890123456789012345678901234567890",
          "true",
          "[]",
          "{}",
          "[null]",
          "[[]]",
          "{\"a\":{}}",
          "{\"\":\"\"}",
          "\"\\ud800\"",
          "\"*\"",
          "\"join\"");

  private final FakeServer server = new FakeServer();
  private final FakePace pace = new FakePace();
  private final MemoryStore store = new MemoryStore();
  private final Set<Integer> heard = new ConcurrentSkipListSet<>();
  private final List<Throwable> unexpected = new CopyOnWriteArrayList<>();
  private Random random = new Random(0);
  private int events;
  private int syncs;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void nothingThatAServerAnswersEndsTheNewsOrLosesAMessage(long seed) {
    random = new Random(seed);
    server.otherwise(this::answer);
    Kept kept = new Kept(store);
    DeviceId device = new DeviceId("DEVICE");
    SavedSession saved =
        new SavedSession(
            server.address(), Sandbox.BOT, device, new TokenPair(SecretText.of("token"), null));
    Session session = Session.restore(saved, kept, pace.settings());
    SecureRandom secure = new SecureRandom();
    Machine machine = Machine.open(store, Sandbox.BOT, device, secure, InstantSource.system());
    Engine engine =
        new Engine(
            store,
            kept,
            session,
            new Calls(session, null),
            machine,
            secure,
            pace,
            Duration.ofMillis(1));
    engine.handlers().addProblems(this::judge);
    engine.handlers().add(TextMessage.class, _ -> true, this::hear);
    engine.handlers().addInvitation(Invitation::accept);
    MatrixRequestException end = assertThrows(MatrixRequestException.class, engine.life()::run);
    assertTrue(end.isLoggedOut());
    assertTrue(engine.awaitHandlers(Duration.ofSeconds(30)));
    engine.life().close();
    server.close();
    assertEquals(List.of(), unexpected);
    assertEquals(IntStream.range(1, MESSAGES).boxed().collect(Collectors.toSet()), heard);
  }

  private void hear(Room room, TextMessage message) {
    if (room.id().value().equals(GOOD_ROOM)) {
      heard.add(Integer.parseInt(message.text()));
    } else {
      room.send("I hear you.");
    }
  }

  private void judge(Problem problem) {
    if (!(problem.cause() instanceof MatrixRequestException
        || problem.cause() instanceof IllegalStateException)) {
      unexpected.add(problem.cause());
    }
  }

  // The server.

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    boolean isSync = path.endsWith("/sync");
    int place = isSync ? place(String.valueOf(exchange.getRequestURI().getQuery())) : 0;
    syncs += isSync ? 1 : 0;
    if (place >= MESSAGES || syncs > MOST_SYNCS) {
      FakeServer.json(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\"}", Map.of()).handle(exchange);
      return;
    }
    String body = new String(Json.bytes(isSync ? sync(place) : other(path)), UTF_8);
    switch (random.nextInt(40)) {
      case 0 -> FakeServer.json(500, "{\"errcode\":\"M_UNKNOWN\"}", Map.of()).handle(exchange);
      case 1 -> FakeServer.json(502, "<html>", Map.of()).handle(exchange);
      case 2 ->
          FakeServer.json(isSync ? 503 : 403, "{\"errcode\":\"M_FORBIDDEN\"}", Map.of())
              .handle(exchange);
      case 3 ->
          FakeServer.json(isSync ? 503 : 404, "{\"errcode\":\"M_NOT_FOUND\"}", Map.of())
              .handle(exchange);
      case 4 ->
          FakeServer.json(429, "{\"errcode\":\"M_LIMIT_EXCEEDED\"}", Map.of()).handle(exchange);
      case 5 -> FakeServer.json(200, "no JSON", Map.of()).handle(exchange);
      case 6 ->
          FakeServer.json(200, body.substring(0, body.length() / 2), Map.of()).handle(exchange);
      case 7 -> FakeServer.json(200, "[]", Map.of()).handle(exchange);
      default -> FakeServer.json(200, body, Map.of()).handle(exchange);
    }
  }

  /// How many messages the client has.
  private static int place(String query) {
    int since = query.indexOf("since=s");
    return since < 0 ? 0 : Integer.parseInt(query.substring(since + 7).replaceFirst("&.*", ""));
  }

  private ObjectNode sync(int place) {
    ObjectNode sync = Json.object();
    ObjectNode rooms = sync.putObject("rooms");
    badRoom(rooms.putObject("join"));
    if (random.nextInt(5) == 0) {
      badRoom(rooms.putObject("leave"));
    }
    if (random.nextInt(5) == 0) {
      ObjectNode invited = rooms.putObject("invite").putObject(badRoom());
      invited.putObject("invite_state").putArray("events").add(event());
    }
    ArrayNode toDevice = sync.putObject("to_device").putArray("events");
    toDevice.add(toDevice("m.room.encrypted", "{\"algorithm\": \"m.olm.v1.curve25519-aes-sha2\"}"));
    toDevice.add(
        toDevice(
            "m.key.verification.start",
            """
            {"transaction_id": "t%d", "from_device": "ADAS", "method": "m.sas.v1"}
            """
                .formatted(events)));
    sync.putObject("device_lists").putArray("changed").add("@ada:example.org");
    sync.putObject("device_one_time_keys_count").put("signed_curve25519", 50);
    for (int i = random.nextInt(4); i > 0; i--) {
      spoil(sync);
    }
    sync.put("next_batch", "s" + (place + 1));
    ObjectNode join =
        sync.path("rooms").path("join") instanceof ObjectNode left
            ? left
            : sync.putObject("rooms").putObject("join");
    join.putObject(GOOD_ROOM)
        .putObject("timeline")
        .putArray("events")
        .add(
            event("m.room.message", null, "{\"msgtype\":\"m.text\",\"body\":\"" + place + "\"}")
                .put("event_id", "$good" + place));
    return sync;
  }

  private String badRoom() {
    return BAD_ROOMS.get(random.nextInt(BAD_ROOMS.size()));
  }

  private void badRoom(ObjectNode section) {
    ObjectNode room = section.putObject(badRoom());
    room.putObject("state").putArray("events").add(event()).add(event());
    ObjectNode timeline = room.putObject("timeline");
    timeline.putArray("events").add(event()).add(event());
    if (random.nextBoolean()) {
      timeline.put("limited", true).put("prev_batch", "p" + events);
    }
    room.putObject("summary").put("m.joined_member_count", 3).putArray("m.heroes").add("@a:b");
    room.putObject("ephemeral").putArray("events").add(toDevice("m.typing", "{\"user_ids\":[1]}"));
  }

  private ObjectNode toDevice(String type, String content) {
    ObjectNode event = Json.object().put("type", type).put("sender", "@ada:example.org");
    event.set("content", Json.parse(content));
    return event;
  }

  private ObjectNode event() {
    return switch (random.nextInt(6)) {
      case 0 ->
          event(
              "m.room.member",
              random.nextBoolean() ? "@bot:example.org" : "@ada:example.org",
              "{\"membership\":\"" + MEMBERSHIPS.get(random.nextInt(4)) + "\"}");
      case 1 -> event("m.room.encryption", "", "{\"algorithm\":\"m.megolm.v1.aes-sha2\"}");
      case 2 -> event("m.room.name", "", "{\"name\":\"" + "x".repeat(1023) + "\ud83d\ude00\"}");
      case 3 ->
          event(
              "m.room.encrypted",
              null,
              "{\"algorithm\":\"m.megolm.v1.aes-sha2\",\"ciphertext\":\"AwgA\",\"session_id\":\""
                  + "abcdefgh".substring(random.nextInt(8)).substring(0, 1).repeat(43)
                  + "\"}");
      case 4 ->
          event(
              "m.room.message",
              null,
              """
              {"msgtype": "m.key.verification.request", "body": "?", "to": "@bot:example.org",
               "from_device": "ADAS", "methods": ["m.sas.v1"]}
              """);
      default -> event("m.room.message", null, "{\"msgtype\":\"m.text\",\"body\":\"hello\"}");
    };
  }

  private ObjectNode event(String type, @Nullable String stateKey, String content) {
    events++;
    ObjectNode event = toDevice(type, content);
    event.put("event_id", "$e" + events).put("origin_server_ts", events);
    return stateKey == null ? event : event.put("state_key", stateKey);
  }

  private ObjectNode other(String path) {
    ObjectNode answer = Json.object();
    if (path.endsWith("/messages") || path.endsWith("/members")) {
      answer.put("end", "e" + events).putArray("chunk").add(event()).add(event());
    } else if (path.endsWith("/keys/query")) {
      answer.putObject("device_keys").putObject("@ada:example.org").putObject("ADAS").put("a", 1);
      answer.putObject("master_keys").putObject("@ada:example.org").putObject("keys");
      answer.putObject("failures").putObject("other.org");
    } else if (path.endsWith("/keys/upload")) {
      answer.putObject("one_time_key_counts").put("signed_curve25519", 50);
    } else if (path.endsWith("/room_keys/version")) {
      answer.put("version", "1").putObject("auth_data").put("public_key", "x");
    } else {
      answer.put("event_id", "$e" + events);
    }
    if (random.nextBoolean()) {
      spoil(answer);
    }
    return answer;
  }

  /// Changes something somewhere in it.
  private void spoil(JsonNode json) {
    if (json instanceof ObjectNode object && !object.isEmpty()) {
      List<String> names = new ArrayList<>(object.propertyNames());
      String name = names.get(random.nextInt(names.size()));
      JsonNode value = object.path(name);
      if (goesDeeper(value)) {
        spoil(value);
      } else if (random.nextBoolean()) {
        object.set(name, rubbish());
      } else {
        object.set(random.nextBoolean() ? "more" : "\ud83d", object.remove(name));
      }
    } else if (json instanceof ArrayNode list && !list.isEmpty()) {
      int place = random.nextInt(list.size());
      if (goesDeeper(list.path(place))) {
        spoil(list.path(place));
      } else {
        list.set(place, rubbish());
      }
    }
  }

  private boolean goesDeeper(JsonNode value) {
    return !value.isEmpty() && random.nextInt(6) != 0;
  }

  private JsonNode rubbish() {
    return Json.lenientMapper().readTree(RUBBISH.get(random.nextInt(RUBBISH.size())));
  }
}
