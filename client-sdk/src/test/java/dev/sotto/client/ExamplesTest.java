package dev.sotto.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.Message;
import dev.sotto.client.event.TextMessage;
import dev.sotto.protocol.id.UserId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The examples do what they say, and end when their session does.
class ExamplesTest extends AgainstServer {
  private static final Pattern PORT = Pattern.compile("at port ([0-9]+)\\.");

  private final List<Process> started = new ArrayList<>();

  ExamplesTest() {
    super("required");
  }

  @AfterEach
  void stopExamples() {
    for (Process process : started) {
      process.destroy();
      process.onExit().join();
    }
    started.clear();
  }

  private Process start(String example, String user, String... more) throws IOException {
    return startWith(BuiltServer.PASSWORD, example, user, more);
  }

  private Process startWith(String password, String example, String user, String... more)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Path.of("examples", example + ".java").toAbsolutePath().toString());
    command.addAll(List.of(server().url(), user));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("BOT_PASSWORD", password);
    builder.redirectErrorStream(true).redirectOutput(folder.resolve(user + ".log").toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  /// Somebody who has asked for this bot. Each is another one: the second device of a user would
  /// have to be signed by the first.
  private MatrixClient person(String bot) throws InterruptedException {
    String name = "friend-of-" + bot;
    server().register(name);
    MatrixClient person =
        MatrixClient.at(server().url())
            .storeWithKeyFile(folder.resolve(name + ".db"), folder.resolve(name + ".key"))
            .login(name, BuiltServer.PASSWORD);
    person.start();
    person.awaitFirstSync();
    return person;
  }

  private static Room roomWith(MatrixClient person, String bot) throws InterruptedException {
    Heard<MemberChange> joined = new Heard<>();
    UserId user = UserId.of(bot, person.user().server());
    person.on(MemberChange.class, (_, change) -> joined.tell(change));
    Room room = person.createRoom(NewRoom.unnamed().invite(user));
    joined.await(change -> change.user().equals(user) && change.membership() == Membership.JOIN);
    return room;
  }

  private static Heard<Message> said(MatrixClient person) {
    Heard<Message> said = new Heard<>();
    person.onMessage((_, message) -> said.tell(message));
    return said;
  }

  @Test
  void echoBotSaysItAgain() throws Exception {
    server().register("echo");
    start("EchoBot", "echo");
    try (MatrixClient person = person("echo")) {
      Heard<Message> said = said(person);
      Room room = roomWith(person, "echo");
      room.sendNotice("what a program says");
      room.send("is anybody there?");
      // Both as a notice: else two of these bots would go on for ever.
      Message answer = said.await();
      assertEquals("is anybody there?", answer.text());
      assertEquals(TextMessage.Kind.NOTICE, assertInstanceOf(TextMessage.class, answer).kind());
    }
  }

  @Test
  void mistypedPasswordAtTheFirstStartDoesNoHarm() throws Exception {
    server().register("mistyped");
    assertEquals(1, startWith("not the password", "EchoBot", "mistyped").waitFor());
    start("EchoBot", "mistyped");
    try (MatrixClient person = person("mistyped")) {
      roomWith(person, "mistyped");
    }
  }

  @Test
  void reminderBotReminds() throws Exception {
    server().register("reminder");
    Process bot = start("ReminderBot", "reminder");
    try (MatrixClient person = person("reminder")) {
      Heard<Message> said = said(person);
      Room room = roomWith(person, "reminder");
      room.send("!remind 0 the tea");
      String first = said.await().text();
      String second = said.await().text();
      assertEquals(Set.of("I will, in 0 min.", person.user() + ": the tea"), Set.of(first, second));
      room.send("!remind 60 the cake");
      assertEquals("I will, in 60 min.", said.await().text());
    }
    assertEndsWithoutItsDevice(bot, "reminder");
  }

  @Test
  void webhookBotJoinsARoomAndTheWeb() throws Exception {
    Heard<String> posted = new Heard<>();
    HttpServer hook =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hook.createContext(
        "/",
        exchange -> {
          String json =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          posted.tell(json);
          exchange.sendResponseHeaders(json.contains("in vain") ? 503 : 204, -1);
          exchange.close();
        });
    hook.start();
    server().register("webhook");
    try (MatrixClient person = person("webhook");
        HttpClient http = HttpClient.newHttpClient()) {
      Heard<Message> said = said(person);
      Heard<MemberChange> joined = new Heard<>();
      person.on(MemberChange.class, (_, change) -> joined.tell(change));
      UserId bot = UserId.of("webhook", person.user().server());
      Room room = person.createRoom(NewRoom.unnamed());
      room.invite(bot);
      Process process =
          start(
              "WebhookBot",
              "webhook",
              room.id().value(),
              "0",
              "http://127.0.0.1:" + hook.getAddress().getPort() + "/");
      joined.await(change -> change.user().equals(bot) && change.membership() == Membership.JOIN);
      room.send("to the web");
      assertTrue(posted.await().contains("\"text\":\"to the web\""));
      HttpRequest.Builder inbound =
          HttpRequest.newBuilder(
              URI.create("http://127.0.0.1:" + logged("webhook", PORT).group(1) + "/"));
      assertEquals(400, status(http, inbound.GET()));
      assertEquals(400, status(http, inbound.POST(BodyPublishers.noBody())));
      assertEquals(204, status(http, inbound.POST(BodyPublishers.ofString("from the web"))));
      assertEquals("from the web", said.await().text());
      assertEquals(413, status(http, inbound.POST(BodyPublishers.ofString("x".repeat(30_001)))));
      room.send("in vain");
      logged("webhook", Pattern.compile("is lost: http://.* answers 503"));
      assertTrue(said.isEmpty());
      assertEndsWithoutItsDevice(process, "webhook");
    } finally {
      hook.stop(0);
    }
  }

  /// What a bot has logged.
  private Matcher logged(String user, Pattern wanted) {
    Path log = folder.resolve(user + ".log");
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> wanted.matcher(Files.readString(log)), Matcher::find);
  }

  private void assertEndsWithoutItsDevice(Process bot, String user) throws Exception {
    URI all = URI.create(server().url() + "/_matrix/client/v3/logout/all");
    HttpRequest.Builder logout =
        HttpRequest.newBuilder(all)
            .header("Authorization", "Bearer " + server().logIn(user).token())
            .POST(BodyPublishers.noBody());
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertEquals(200, status(http, logout));
    }
    assertTrue(bot.waitFor(30, TimeUnit.SECONDS), user + " goes on without a session");
    assertEquals(1, bot.exitValue());
  }

  private static int status(HttpClient http, HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.discarding()).statusCode();
  }
}
