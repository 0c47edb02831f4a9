package dev.sotto.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SinkTest {
  @Test
  void bytesOfATryThatHasEndedAreNotWritten() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Sink sink = new Sink(out);
    Consumer<Optional<byte[]>> first = sink.begin();
    sink.end();
    Consumer<Optional<byte[]>> second = sink.begin();
    second.accept(Optional.of(new byte[] {1, 2}));
    assertThrows(
        IllegalStateException.class, () -> first.accept(Optional.of(new byte[] {3, 4, 5})));
    second.accept(Optional.empty());
    assertEquals(2, out.size());
    assertEquals(2, sink.writtenBytes());
  }
}
