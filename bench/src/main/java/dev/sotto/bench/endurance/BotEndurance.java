package dev.sotto.bench.endurance;

import dev.sotto.client.Invitation;
import dev.sotto.client.MatrixClient;
import dev.sotto.client.NewRoom;
import dev.sotto.client.Room;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.TextMessage;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Bots of the SDK who all talk at once in one encrypted room. Ends with 0 only if each of them has
/// read every message, those of its own included, and nothing else.
///
/// ```
/// java --enable-native-access=ALL-UNNAMED -cp 'bench/target/classes:bench/target/lib/*' \
///   dev.sotto.bench.endurance.BotEndurance --server http://127.0.0.1:8008
/// ```
@Command(
    name = "bots",
    mixinStandardHelpOptions = true,
    description = "Lets bots talk at a homeserver with open registration; counts what is lost.")
public final class BotEndurance implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(100);

  @Option(names = "--server", defaultValue = "http://127.0.0.1:8008", description = "Where it is.")
  private URI server = URI.create("http://127.0.0.1:8008");

  @Option(names = "--bots", defaultValue = "10", description = "How many.")
  private int bots = 10;

  @Option(names = "--messages", defaultValue = "1000", description = "How many each of them says.")
  private int messages = 1000;

  @Option(names = "--minutes", defaultValue = "30", description = "How long they may take.")
  private int minutes = 30;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BotEndurance()).execute(arguments));
  }

  /// A bot and what it has heard from all, itself included.
  private static final class Bot implements AutoCloseable {
    final MatrixClient client;
    final Map<EventId, String> texts = new ConcurrentHashMap<>();
    final Map<EventId, String> unreadable = new ConcurrentHashMap<>();

    Bot(MatrixClient client) {
      this.client = client;
      client.on(RoomEvent.class, (_, event) -> heard(event));
      client.onInvitation(Invitation::accept);
      client.start();
    }

    private void heard(RoomEvent event) {
      switch (event) {
        case TextMessage message -> {
          // In this order: who sees all texts finds nothing that is still called unreadable.
          unreadable.remove(message.id());
          texts.put(message.id(), message.text());
        }
        case Undecryptable lost -> unreadable.put(lost.id(), lost.explanation());
        default -> {}
      }
    }

    @Override
    public void close() {
      client.close();
    }
  }

  @Override
  public Integer call() throws Exception {
    String run = UUID.randomUUID().toString().substring(0, 8);
    Path folder = Files.createTempDirectory("bots-");
    List<Bot> all = new ArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (int i = 0; i < bots; i++) {
        String name = "bot-" + run + "-" + i;
        register(http, name);
        all.add(
            new Bot(
                MatrixClient.at(server.toString())
                    .storeWithKeyFile(folder.resolve(name), folder.resolve(name + ".key"))
                    .login(name, name)));
      }
      Bot first = all.getFirst();
      first.client.awaitFirstSync();
      UserId[] others = all.stream().skip(1).map(bot -> bot.client.user()).toArray(UserId[]::new);
      RoomId room = first.client.createRoom(NewRoom.named("bots").invite(others)).id();
      await(() -> all.stream().allMatch(bot -> seesAll(bot.client.room(room))));
      System.out.println(bots + " bots are in one room");
      return talk(all, room);
    } finally {
      all.forEach(Bot::close);
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private boolean seesAll(Room room) {
    return room.membership() == Membership.JOIN && room.members(Membership.JOIN).size() == bots;
  }

  private int talk(List<Bot> all, RoomId room) throws Exception {
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> senders = new ArrayList<>();
      for (Bot bot : all) {
        senders.add(threads.submit(() -> talk(bot.client.room(room), bot.client.user().value())));
      }
      for (Future<?> sender : senders) {
        sender.get();
      }
    }
    double sending = (System.nanoTime() - start) / 1e9;
    int total = bots * messages;
    boolean complete = await(() -> all.stream().allMatch(bot -> bot.texts.size() >= total));
    double reading = (System.nanoTime() - start) / 1e9;
    Set<String> expected = new HashSet<>();
    for (Bot bot : all) {
      for (int i = 0; i < messages; i++) {
        expected.add(bot.client.user() + " says " + i);
      }
    }
    long lost = 0;
    long unreadable = 0;
    long unexpected = 0;
    for (Bot bot : all) {
      Set<String> texts = Set.copyOf(bot.texts.values());
      lost += expected.stream().filter(text -> !texts.contains(text)).count();
      unexpected += bot.texts.size() - expected.stream().filter(texts::contains).count();
      unreadable += bot.unreadable.size();
      bot.unreadable.values().stream().distinct().forEach(System.out::println);
    }
    System.out.printf(
        "%,d messages sent in %.1f s, read by %d bots after %.1f s: %,d readings,"
            + " %,d lost, %,d undecryptable, %,d twice or unexpected%n",
        total,
        sending,
        bots,
        reading,
        all.stream().mapToLong(bot -> bot.texts.size()).sum(),
        lost,
        unreadable,
        unexpected);
    return complete && lost + unreadable + unexpected == 0 ? 0 : 1;
  }

  private void talk(Room room, String name) {
    for (int i = 0; i < messages; i++) {
      room.send(name + " says " + i);
    }
  }

  private boolean await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(POLL);
    }
    return true;
  }

  private void register(HttpClient http, String name) throws IOException, InterruptedException {
    String body =
        """
        {"username": "%s", "password": "%s", "inhibit_login": true,
         "auth": {"type": "m.login.dummy"}}
        """
            .formatted(name, name);
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(server.resolve("/_matrix/client/v3/register"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(
          "Not registered: " + Json.parse(answer.body()).path("error").asString(""));
    }
  }
}
