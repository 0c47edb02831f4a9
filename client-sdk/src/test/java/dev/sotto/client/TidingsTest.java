package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.SyncChanges;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TidingsTest {
  private static final String LOST =
      """
      {"type": "m.room.encrypted", "sender": "@eve:example.org", "content": {"ciphertext": 7}}\
      """;

  @Test
  void messagesThatAreLostAreAProblemToldInASentence() {
    Handlers handlers = new Handlers();
    List<Problem> problems = new ArrayList<>();
    handlers.addProblems(problems::add);
    try (MemoryStore store = new MemoryStore();
        Machine machine =
            Machine.open(
                store,
                new UserId("@ada:example.org"),
                new DeviceId("BOT"),
                new SecureRandom(),
                () -> Instant.EPOCH);
        Tidings tidings = new Tidings(machine, handlers, _ -> {})) {
      String sync = "{\"to_device\": {\"events\": [" + LOST + ", " + LOST + "]}}";
      machine.receive(SyncChanges.of(Json.parseObject(sync))).forEach(tidings::hear);
    }
    assertEquals(1, problems.size(), problems.toString());
    Problem problem = problems.getFirst();
    assertEquals(Problem.Kind.ENCRYPTION, problem.kind());
    String sentence = String.valueOf(problem.cause().getMessage());
    assertTrue(sentence.contains("are lost (2)"), sentence);
  }
}
