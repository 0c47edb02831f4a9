package dev.sotto.bench.micro;

import dev.sotto.protocol.json.CanonicalJson;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.rules.EventHashes;
import dev.sotto.protocol.rules.RoomVersions;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.node.ObjectNode;

/// What one event costs before it reaches the journal.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EventBenchmark {
  private static final byte[] JSON =
      """
      {"auth_events":["$a","$b","$c"],"content":{"algorithm":"m.megolm.v1.aes-sha2",\
      "ciphertext":"%s","session_id":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},\
      "depth":12,"origin_server_ts":1750000000000,"prev_events":["$d"],\
      "room_id":"!room:example.org","sender":"@alice:example.org","type":"m.room.encrypted"}"""
          .formatted("A".repeat(500))
          .getBytes(java.nio.charset.StandardCharsets.UTF_8);

  private final ObjectNode event = Json.parseObject(JSON);

  @Benchmark
  public Object parse() {
    return Json.parseObject(JSON);
  }

  @Benchmark
  public Object encode() {
    return CanonicalJson.encode(event);
  }

  @Benchmark
  public Object hashAndName() {
    EventHashes.withContentHash(RoomVersions.DEFAULT, event);
    return EventHashes.idOf(RoomVersions.DEFAULT, event);
  }
}
