package dev.sotto.client.encryption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.encryption.device.KeyCounts;
import dev.sotto.client.encryption.olm.OlmOutcome;
import dev.sotto.client.error.StoreException;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.client.store.StoreAround;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// An event that breaks something off does so for itself alone.
class OneEventTest {
  private static final String SPOILT = "!spoilt:example.org";
  private static final String SOUND = "!sound:example.org";

  private final MemoryStore memory = new MemoryStore();
  private final Machine machine =
      Machine.open(
          new Spoilt(memory),
          OwnDevice.ALICE,
          new DeviceId("PHONE"),
          new SecureRandom(),
          () -> Instant.EPOCH);

  /// A store with something in it that whoever reads it cannot understand.
  private static final class Spoilt extends StoreAround {
    Spoilt(CryptoStore inner) {
      super(inner);
    }

    @Override
    public Map<String, byte[]> group(Shelf shelf, String group) {
      if (group.equals(SPOILT)) {
        throw new IllegalStateException("this cannot be understood");
      }
      return super.group(shelf, group);
    }
  }

  @AfterEach
  void close() {
    machine.close();
    memory.close();
  }

  private static ObjectNode withheld(String room) {
    ObjectNode event =
        Json.object().put("type", "m.room_key.withheld").put("sender", "@bob:example.org");
    event
        .putObject("content")
        .put("algorithm", "m.megolm.v1.aes-sha2")
        .put("code", "m.unverified")
        .put("room_id", room)
        .put("session_id", "A".repeat(43));
    return event;
  }

  private List<MachineNews> receive(String... rooms) {
    return machine.receive(
        new SyncChanges(
            Stream.of(rooms).map(OneEventTest::withheld).toList(),
            Set.of(),
            Set.of(),
            new KeyCounts(50, Optional.of(true)),
            Map.of()));
  }

  @Test
  void whatComesAfterItIsHeardAndKept() {
    assertEquals(
        List.of(new MachineNews.MessagesLost(OlmOutcome.Reason.MALFORMED, 2)),
        receive(SPOILT, SPOILT, SOUND));
    assertEquals(1, memory.group(Shelf.WITHHELD, SOUND).size());
  }

  @Test
  void butWhatCannotBeKeptIsNotSaidToBe() {
    memory.close();
    assertThrows(StoreException.class, () -> receive(SOUND));
  }
}
