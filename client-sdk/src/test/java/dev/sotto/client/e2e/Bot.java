package dev.sotto.client.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.Invitation;
import dev.sotto.client.MatrixClient;
import dev.sotto.client.NewRoom;
import dev.sotto.client.Room;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.TextMessage;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// A program that uses the SDK, to be killed: it answers calls as those in `src/test/js` do, one
/// JSON object a line.
final class Bot {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final MatrixClient client;
  private final Map<EventId, ObjectNode> heard = new ConcurrentHashMap<>();
  private final Map<UserId, Verification> phases = new ConcurrentHashMap<>();

  private Bot(MatrixClient client) {
    this.client = client;
    client.on(RoomEvent.class, (_, event) -> hear(event));
    client.security().onVerification(phase -> phases.put(phase.peer().user(), phase));
    client.onInvitation(Invitation::accept);
    client.start();
  }

  /// Logs in or goes on, and answers calls until there are no more.
  ///
  /// @param arguments the server, the user's name and password, and a folder for the store
  public static void main(String[] arguments) throws IOException, InterruptedException {
    // Whatever else prints must not get between the answers.
    try (PrintStream answers =
            new PrintStream(
                new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        MatrixClient client =
            MatrixClient.at(arguments[0])
                .storeWithKeyFile(Path.of(arguments[3], "store"), Path.of(arguments[3], "key"))
                .login(arguments[1], arguments[2])) {
      System.setOut(System.err);
      Bot bot = new Bot(client);
      client.awaitFirstSync();
      BufferedReader calls =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = calls.readLine(); line != null; line = calls.readLine()) {
        ObjectNode call = Json.parseObject(line);
        ObjectNode answer = Json.object();
        answer.set("id", call.path("id"));
        try {
          answer.set("value", bot.answer(call.path("call").stringValue(), call.path("arguments")));
        } catch (RuntimeException e) {
          answer.put("error", e.toString());
        }
        answers.println(answer);
      }
    }
  }

  private void hear(RoomEvent event) {
    switch (event) {
      case TextMessage message ->
          heard.put(
              message.id(),
              Json.object()
                  .put("body", message.text())
                  .put("sender", message.sender().value())
                  .put("trust", message.trust().toString()));
      case Undecryptable lost ->
          heard.putIfAbsent(
              lost.id(), Json.object().put("unreadable", lost.cause() + ": " + lost.explanation()));
      default -> {}
    }
  }

  private JsonNode answer(String call, JsonNode given) {
    return switch (call) {
      case "awaitRoom" -> {
        Room room = client.room(room(given));
        await(() -> client.rooms().contains(room), () -> "not in " + room);
        yield Json.object();
      }
      case "createRoom" -> StringNode.valueOf(client.createRoom(NewRoom.named("old")).id().value());
      case "say" ->
          StringNode.valueOf(
              client.room(room(given)).send(given.path("text").stringValue()).value());
      case "talk" -> {
        // To be killed while it does so.
        Room room = client.room(room(given));
        Thread.ofVirtual().start(() -> talk(room));
        yield Json.object();
      }
      case "read" -> {
        EventId event = new EventId(given.path("event").stringValue());
        await(
            () -> heard.getOrDefault(event, Json.object()).has("body"),
            () -> event + " was heard as " + heard.get(event));
        yield heard.getOrDefault(event, Json.object());
      }
      case "unreadable" -> {
        ObjectNode all = Json.object();
        heard.forEach(
            (event, what) -> {
              if (what.has("unreadable")) {
                all.set(event.value(), what);
              }
            });
        yield all;
      }
      case "readOld" -> {
        EventId event = new EventId(given.path("event").stringValue());
        Room room = client.room(room(given));
        // Its key is asked for when it is missing first.
        await(
            () -> room.event(event) instanceof TextMessage,
            () -> event + " is " + room.event(event));
        yield StringNode.valueOf(((TextMessage) room.event(event)).text());
      }
      case "setUpRecovery" -> StringNode.valueOf(client.recovery().setUp());
      case "recover" ->
          BooleanNode.valueOf(client.recovery().recover(given.path("key").stringValue()));
      case "isDeviceSigned" -> BooleanNode.valueOf(client.security().isDeviceSigned());
      case "identity" -> StringNode.valueOf(client.security().identity(user(given)).name());
      case "requestVerification" -> {
        client.security().verify(client.room(room(given)), user(given));
        yield Json.object();
      }
      case "acceptVerification" -> {
        client.security().accept(awaitPhase(given, Verification.RequestReceived.class));
        yield Json.object();
      }
      case "startSas" -> {
        client.security().start(awaitPhase(given, Verification.Ready.class));
        yield Json.object();
      }
      case "emoji" -> {
        ArrayNode symbols = Json.mapper().createArrayNode();
        awaitPhase(given, Verification.KeysExchanged.class)
            .emoji()
            .forEach(sign -> symbols.add(sign.symbol()));
        yield symbols;
      }
      case "confirm" -> {
        client.security().confirm(awaitPhase(given, Verification.KeysExchanged.class));
        yield Json.object();
      }
      case "awaitDone" -> {
        awaitPhase(given, Verification.Done.class);
        yield Json.object();
      }
      default -> throw new IllegalArgumentException("There is no call " + call);
    };
  }

  private static void talk(Room room) {
    for (int i = 0; ; i++) {
      room.send("on and on " + i);
    }
  }

  /// Waits until the verification with a user is in a phase.
  private <T extends Verification> T awaitPhase(JsonNode given, Class<T> phase) {
    UserId user = user(given);
    await(
        () -> phase.isInstance(phases.get(user)),
        () -> "the verification is " + phases.get(user) + ", not " + phase.getSimpleName());
    return phase.cast(Objects.requireNonNull(phases.get(user)));
  }

  private static UserId user(JsonNode given) {
    return new UserId(given.path("user").stringValue());
  }

  private static void await(BooleanSupplier condition, Supplier<String> otherwise) {
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertTrue(condition.getAsBoolean(), otherwise));
  }

  private static RoomId room(JsonNode given) {
    return new RoomId(given.path("room").stringValue());
  }
}
