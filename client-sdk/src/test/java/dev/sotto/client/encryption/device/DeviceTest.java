package dev.sotto.client.encryption.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class DeviceTest {
  private static final UserId ALICE = new UserId("@alice:a.org");
  private static final DeviceId PHONE = new DeviceId("PHONE");

  private final SecureRandom random = new SecureRandom();
  private final OwnAccount account =
      OwnAccount.open(
          new MemoryStore(), ALICE, PHONE, random, () -> Instant.EPOCH, new RequestIds(random));

  @AfterEach
  void close() {
    account.close();
  }

  private Optional<Device> with(JsonNode unsigned) {
    ObjectNode keys = account.deviceKeys();
    keys.set("unsigned", unsigned);
    return Device.of(ALICE, PHONE, keys);
  }

  private static JsonNode nested(int depth) {
    JsonNode json = Json.object();
    for (int i = 1; i < depth; i++) {
      json = Json.object().set("a", json);
    }
    return json;
  }

  @Test
  void itIsWhatItsKeysSay() {
    Device device = with(Json.object().put("device_display_name", "Alice's phone")).orElseThrow();
    assertEquals("Alice's phone", device.displayName());
    assertEquals(account.keys().curve25519Key(), device.curve25519());
    assertTrue(with(nested(19)).isPresent());
  }

  @Test
  void whatAStoreWouldNotGiveBackIsNoDevice() {
    for (JsonNode unsigned :
        List.of(
            nested(20),
            nested(95),
            nested(2000),
            Json.object().put("a".repeat(10_001), 1),
            Json.object().put("a", new BigInteger("1".repeat(41))),
            Json.object().put("a", "a".repeat(1 << 16)))) {
      assertEquals(Optional.empty(), with(unsigned));
    }
  }
}
