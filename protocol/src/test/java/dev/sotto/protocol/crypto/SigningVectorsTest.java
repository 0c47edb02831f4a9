package dev.sotto.protocol.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.rules.EventHashes;
import dev.sotto.protocol.rules.EventSignatures;
import dev.sotto.protocol.rules.RoomVersion;
import dev.sotto.protocol.rules.RoomVersions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// The worked examples of the specification.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#cryptographic-test-vectors
class SigningVectorsTest {
  private static final String SEED = "YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1";
  private static final ServerName DOMAIN = new ServerName("domain");
  private static final RoomVersion V1 = RoomVersions.of("1").orElseThrow();

  private final SigningKey key = SigningKey.of("ed25519:1", UnpaddedBase64.decode(SEED));

  @Test
  void emptyObjectIsSignedAsInTheSpecification() {
    ObjectNode signed = JsonSignatures.sign(Json.object(), "domain", key);
    assertEquals(
        "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ",
        JsonSignatures.signature(signed, "domain", "ed25519:1"));
    assertTrue(JsonSignatures.verify(signed, "domain", "ed25519:1", key.verifyKey()));
  }

  @Test
  void objectWithValuesIsSignedAsInTheSpecification() {
    ObjectNode signed =
        JsonSignatures.sign(Json.parseObject("{\"one\":1,\"two\":\"Two\"}"), "domain", key);
    assertEquals(
        "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw",
        JsonSignatures.signature(signed, "domain", "ed25519:1"));
  }

  @Test
  void minimalEventIsHashedAndSignedAsInTheSpecification() {
    ObjectNode event =
        Json.parseObject(
            """
            {"room_id": "!x:domain", "sender": "@a:domain", "origin": "domain",
             "origin_server_ts": 1000000, "signatures": {}, "hashes": {}, "type": "X",
             "content": {}, "prev_events": [], "auth_events": [], "depth": 3,
             "unsigned": {"age_ts": 1000000}}
            """);
    EventSignatures.sign(V1, EventHashes.withContentHash(V1, event), DOMAIN, key);
    assertEquals(
        "5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos",
        event.path("hashes").path("sha256").stringValue());
    assertEquals(
        "KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16AqLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg",
        JsonSignatures.signature(event, "domain", "ed25519:1"));
    assertTrue(EventSignatures.verify(V1, event, DOMAIN, "ed25519:1", key.verifyKey()));
    assertTrue(EventHashes.contentHashMatches(V1, event));
  }

  @Test
  void eventWithRedactableContentIsHashedAndSignedAsInTheSpecification() {
    ObjectNode event =
        Json.parseObject(
            """
            {"content": {"body": "Here is the message content"}, "event_id": "$0:domain",
             "origin": "domain", "origin_server_ts": 1000000, "type": "m.room.message",
             "room_id": "!r:domain", "sender": "@u:domain", "signatures": {},
             "unsigned": {"age_ts": 1000000}}
            """);
    EventSignatures.sign(V1, EventHashes.withContentHash(V1, event), DOMAIN, key);
    assertEquals(
        "onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g",
        event.path("hashes").path("sha256").stringValue());
    assertEquals(
        "Wm+VzmOUOz08Ds+0NTWb1d4CZrVsJSikkeRxh6aCcUwu6pNC78FunoD7KNWzqFn241eYHYMGCA5McEiVPdhzBA",
        JsonSignatures.signature(event, "domain", "ed25519:1"));
  }

  @Test
  void signatureIsRefusedOnceTheEventChanges() {
    ObjectNode event = JsonSignatures.sign(Json.parseObject("{\"one\":1}"), "domain", key);
    event.put("one", 2);
    assertFalse(JsonSignatures.verify(event, "domain", "ed25519:1", key.verifyKey()));
  }
}
