package dev.sotto.client.terminal.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What is to be put away in the end, whichever way the end comes. For any number of threads.
final class Cleanup implements AutoCloseable {
  private static final int TRIES = 5;

  private final Path folder;
  private final ArrayDeque<AutoCloseable> open = new ArrayDeque<>();
  private boolean closed;

  /// @param folder is deleted with all in it
  Cleanup(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  /// Notes something that is to be closed before what was noted earlier.
  <C extends AutoCloseable> C add(C closeable) throws Exception {
    synchronized (this) {
      if (!closed) {
        open.push(closeable);
        return closeable;
      }
    }
    closeable.close();
    throw new InterruptedException("The demonstration was interrupted.");
  }

  /// Closes something now.
  void close(AutoCloseable closeable) throws Exception {
    synchronized (this) {
      open.remove(closeable);
    }
    closeable.close();
  }

  /// Whether it has been put away, or is just being.
  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    List<AutoCloseable> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(open);
      open.clear();
    }
    for (AutoCloseable closeable : left) {
      try {
        closeable.close();
      } catch (Exception _) {
        // The others have to be closed as well.
      }
    }
    // Whoever still writes is at its end: what it leaves behind is taken away by another try.
    for (int i = 0; i < TRIES && Files.exists(folder); i++) {
      delete();
    }
  }

  private void delete() {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException _) {
      // Something new has come into it.
    }
  }
}
