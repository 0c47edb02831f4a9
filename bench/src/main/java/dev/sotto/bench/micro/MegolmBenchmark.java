package dev.sotto.bench.micro;

import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.InboundMegolm;
import dev.sotto.client.engine.MegolmMessage;
import dev.sotto.client.engine.OutboundMegolm;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How many messages of a room one thread encrypts and decrypts in a second. The aims are 50,000
/// and 25,000.
@SuppressWarnings("NullAway.Init") // by open()
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class MegolmBenchmark {
  private static final byte[] PLAINTEXT = new byte[256];
  private static final int MESSAGES = 4096;

  private final MegolmMessage[] messages = new MegolmMessage[MESSAGES];
  private OutboundMegolm outbound;
  private InboundMegolm inbound;
  private int next;

  @Setup
  public void open() throws EngineException {
    outbound = OutboundMegolm.create();
    inbound = InboundMegolm.open(outbound.sessionKey());
    for (int i = 0; i < MESSAGES; i++) {
      messages[i] = outbound.encrypt(PLAINTEXT);
    }
  }

  @TearDown
  public void close() {
    inbound.close();
    outbound.close();
  }

  @Benchmark
  public Object encrypt() {
    return outbound.encrypt(PLAINTEXT);
  }

  /// In the order of their sending, as a room is read.
  @Benchmark
  public Object decrypt() throws EngineException {
    return inbound.decrypt(messages[next++ % MESSAGES]);
  }
}
