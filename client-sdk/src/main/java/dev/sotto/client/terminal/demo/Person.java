package dev.sotto.client.terminal.demo;

import dev.sotto.client.MatrixClient;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.protocol.id.EventId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Somebody with a device, and what was heard on it.
final class Person implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final String name;
  private final MatrixClient client;
  private final Map<EventId, RoomEvent> heard = new LinkedHashMap<>();

  /// Logs in and follows the news.
  ///
  /// @param folder for the keys; it has to be there
  Person(String name, String password, String server, Path folder) throws InterruptedException {
    this.name = name;
    String user = name.toLowerCase(Locale.ROOT);
    this.client =
        MatrixClient.at(server)
            .storeWithKeyFile(folder.resolve(user + ".db"), folder.resolve(user + ".key"))
            .deviceName(name + "'s laptop")
            .program("sotto-demo")
            .login(user, password);
    client.on(RoomEvent.class, (_, event) -> hear(event));
    // What goes wrong shows in what is heard, or not.
    client.onProblem(_ -> {});
    client.start();
    client.awaitFirstSync();
  }

  String name() {
    return name;
  }

  MatrixClient client() {
    return client;
  }

  private synchronized void hear(RoomEvent event) {
    heard.put(event.id(), event);
    notifyAll();
  }

  /// Waits for an event.
  ///
  /// @return empty if it does not come in time
  synchronized Optional<RoomEvent> await(Predicate<RoomEvent> wanted) throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<RoomEvent> found = heard.values().stream().filter(wanted).findFirst();
      long leftMs = (until - System.nanoTime()) / 1_000_000;
      if (found.isPresent() || leftMs <= 0) {
        return found;
      }
      wait(leftMs);
    }
  }

  /// Waits until an event was read; if that fails for good, gives what can be said of it.
  Optional<RoomEvent> awaitRead(EventId id) throws InterruptedException {
    Optional<RoomEvent> read =
        await(
            event ->
                event.id().equals(id)
                    && !(event instanceof Undecryptable hidden && hidden.mayBecomeReadable()));
    return read.isPresent() ? read : await(event -> event.id().equals(id));
  }

  @Override
  public void close() {
    client.close();
  }
}
