package dev.sotto.client.terminal.chat;

import dev.sotto.client.terminal.screen.Pipes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/// A chat that a test types into and reads from.
final class PipedChat implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final PipedOutputStream typed = new PipedOutputStream();
  private final Shown shown = new Shown();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  /// What the program has written.
  private static final class Shown extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean over;

    @Override
    public synchronized void write(int b) {
      bytes.write(b);
      notifyAll();
    }

    @Override
    public synchronized void write(byte[] b, int offset, int length) {
      bytes.write(b, offset, length);
      notifyAll();
    }

    synchronized void end() {
      over = true;
      notifyAll();
    }

    private List<String> lines() {
      return new ArrayList<>(bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }

    synchronized List<String> await(Predicate<List<String>> wanted) throws InterruptedException {
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        List<String> lines = lines();
        long leftMs = (until - System.nanoTime()) / 1_000_000;
        if (wanted.test(lines)) {
          return lines;
        }
        if (over || leftMs <= 0) {
          throw new AssertionError("Not shown; but:\n" + String.join("\n", lines));
        }
        wait(leftMs);
      }
    }
  }

  PipedChat(String server, String user, Path folder, Map<String, String> environment)
      throws IOException {
    ChatSettings settings =
        new ChatSettings(
            server,
            user,
            Optional.empty(),
            Place.at(folder.resolve(user + ".db")),
            new ChatSettings.Wishes(false, false, false, false),
            folder,
            environment);
    PipedInputStream in = new PipedInputStream(typed, 1 << 16);
    Thread.ofPlatform()
        .name("chat of " + user)
        .daemon()
        .start(
            () -> {
              try (Pipes pipes = new Pipes(in, shown)) {
                exit.complete(new ChatProgram(settings).throughPipes(pipes));
              } catch (RuntimeException e) {
                exit.completeExceptionally(e);
              } finally {
                shown.end();
              }
            });
  }

  /// Types a line.
  void type(String line) throws IOException {
    typed.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    typed.flush();
  }

  /// Waits for a line that has this in it.
  String await(String part) throws InterruptedException {
    return shown.await(lines -> lines.stream().anyMatch(line -> line.contains(part))).stream()
        .filter(line -> line.contains(part))
        .findFirst()
        .orElseThrow();
  }

  /// Waits until as many lines have this in them.
  void await(String part, int times) throws InterruptedException {
    shown.await(lines -> lines.stream().filter(line -> line.contains(part)).count() >= times);
  }

  /// Waits for a line that has this in it, and gives those that follow it.
  List<String> awaitAfter(String part, int count) throws InterruptedException {
    List<String> lines =
        shown.await(
            all -> {
              int at = indexOf(all, part);
              return at >= 0 && all.size() > at + count;
            });
    int at = indexOf(lines, part);
    return lines.subList(at + 1, at + 1 + count);
  }

  /// How many lines that were shown have this in them.
  long count(String part) {
    synchronized (shown) {
      return shown.lines().stream().filter(line -> line.contains(part)).count();
    }
  }

  private static int indexOf(List<String> lines, String part) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains(part)) {
        return i;
      }
    }
    return -1;
  }

  /// Ends the input, and waits for the end of the program.
  int end() throws IOException {
    typed.close();
    return exit.join();
  }

  @Override
  public void close() throws IOException {
    typed.close();
  }
}
