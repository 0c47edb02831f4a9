package dev.sotto.client.http;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes a streamed body to its reader's stream, and nothing more of a try that has ended: when
/// its reader has been told of a failure, bytes may still be on their way.
final class Sink {
  private final OutputStream out;
  private int round;
  private long writtenBytes;
  private @Nullable IOException failure;

  Sink(OutputStream out) {
    this.out = out;
  }

  /// What takes the body of the next try, until [#end].
  synchronized Consumer<Optional<byte[]>> begin() {
    int own = ++round;
    return piece -> piece.ifPresent(bytes -> write(own, bytes));
  }

  synchronized void end() {
    round++;
  }

  private synchronized void write(int writer, byte[] bytes) {
    if (writer != round) {
      throw new IllegalStateException("Nobody waits for this body any more.");
    }
    writtenBytes += bytes.length;
    try {
      out.write(bytes);
    } catch (IOException e) {
      failure = e;
      throw new UncheckedIOException(e);
    }
  }

  synchronized long writtenBytes() {
    return writtenBytes;
  }

  /// Why the reader's own stream took no more; null if it did.
  synchronized @Nullable IOException failure() {
    return failure;
  }
}
