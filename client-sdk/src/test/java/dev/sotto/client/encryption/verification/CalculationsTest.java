package dev.sotto.client.encryption.verification;

import static dev.sotto.client.encryption.verification.World.ALICE;
import static dev.sotto.client.encryption.verification.World.BOB;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.verification.SasEmoji;
import dev.sotto.client.verification.Verification.Done;
import dev.sotto.client.verification.Verification.KeysExchanged;
import dev.sotto.client.verification.Verification.Ready;
import dev.sotto.client.verification.Verification.RequestReceived;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.json.CanonicalJson;
import dev.sotto.protocol.json.Json;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// What goes over the wire and what people see is what the specification's formulas give, worked
/// out by other means: Alice's side is the code under test, Bob's is not.
class CalculationsTest {
  private final World world = new World();
  private final World.Person alice = world.device(ALICE, "ALICE1");
  private final World.Person bob = world.device(BOB, "BOB1");
  private final VerifyKey bobsMaster = world.master(BOB).orElseThrow();
  private final VerifyKey alicesMaster = world.master(ALICE).orElseThrow();

  @AfterEach
  void close() {
    world.close();
  }

  private void tell(String kind, ObjectNode content) {
    content.putObject("m.relates_to").put("rel_type", "m.reference").put("event_id", "$request");
    alice.hear(world.event(World.ROOM, bob, "m.key.verification." + kind, content));
  }

  private ObjectNode said(String kind) {
    ObjectNode content =
        world.collect().stream()
            .filter(parcel -> parcel.kind().equals(kind))
            .findFirst()
            .orElseThrow()
            .content();
    assertEquals("$request", content.path("m.relates_to").path("event_id").stringValue());
    return content;
  }

  @Test
  void aliceStarts() throws GeneralSecurityException {
    String request = alice.verifications.request(World.ROOM, BOB).toString();
    assertEquals(request, alice.verifications.open().getFirst().toString());
    alice.verifications.sent(world.collect().getFirst().id(), new EventId("$request"));
    tell("ready", World.object("{\"from_device\": \"BOB1\", \"methods\": [\"m.sas.v1\"]}"));
    alice.verifications.start(alice.phase(Ready.class));
    ObjectNode start = said("start");
    JdkPeer peer = new JdkPeer();
    tell(
        "accept",
        World.object(
                """
                {"key_agreement_protocol": "curve25519-hkdf-sha256", "hash": "sha256",
                 "message_authentication_code": "hkdf-hmac-sha256.v2",
                 "short_authentication_string": ["emoji", "decimal"]}
                """)
            .put("commitment", JdkPeer.commitment(peer.publicKey(), CanonicalJson.encode(start))));
    String aliceKey = said("key").path("key").stringValue();
    tell("key", Json.object().put("key", peer.publicKey()));
    peer.agree(aliceKey);
    compareAndFinish(
        peer,
        "MATRIX_KEY_VERIFICATION_SAS|@alice:example.org|ALICE1|"
            + aliceKey
            + "|@bob:other.org|BOB1|"
            + peer.publicKey()
            + "|$request");
  }

  @Test
  void bobStarts() throws GeneralSecurityException {
    ObjectNode request =
        World.object(
            """
            {"msgtype": "m.key.verification.request", "to": "@alice:example.org",
             "from_device": "BOB1", "methods": ["m.sas.v1"], "body": ""}
            """);
    TimelineEvent event = world.event(World.ROOM, bob, "m.room.message", request);
    alice.hear(
        new TimelineEvent(
            World.ROOM, new EventId("$request"), BOB, null, world.now, event.type(), request));
    alice.verifications.accept(alice.phase(RequestReceived.class));
    said("ready");
    ObjectNode start =
        World.object(
            """
            {"from_device": "BOB1", "method": "m.sas.v1", "hashes": ["sha256"],
             "key_agreement_protocols": ["curve25519-hkdf-sha256", "curve25519"],
             "message_authentication_codes": ["hkdf-hmac-sha256.v2", "hkdf-hmac-sha256"],
             "short_authentication_string": ["decimal", "emoji"],
             "org.example.ünknown": {"b": [1, null], "a": "\\u2028"}}
            """);
    tell("start", start);
    String commitment = said("accept").path("commitment").stringValue();
    JdkPeer peer = new JdkPeer();
    tell("key", Json.object().put("key", peer.publicKey()));
    String aliceKey = said("key").path("key").stringValue();
    assertEquals(JdkPeer.commitment(aliceKey, CanonicalJson.encode(start)), commitment);
    peer.agree(aliceKey);
    compareAndFinish(
        peer,
        "MATRIX_KEY_VERIFICATION_SAS|@bob:other.org|BOB1|"
            + peer.publicKey()
            + "|@alice:example.org|ALICE1|"
            + aliceKey
            + "|$request");
  }

  private void compareAndFinish(JdkPeer peer, String info) throws GeneralSecurityException {
    KeysExchanged codes = alice.phase(KeysExchanged.class);
    assertEquals(emoji(peer.derive(info, 6)), codes.emoji());
    assertEquals(decimals(peer.derive(info, 5)), codes.decimals());
    alice.verifications.confirm(codes);
    ObjectNode mac = said("mac");
    String toBob = "MATRIX_KEY_VERIFICATION_MAC@alice:example.orgALICE1@bob:other.orgBOB1$request";
    assertMacs(
        peer,
        toBob,
        mac,
        List.of("ed25519:ALICE1", "ed25519:" + alicesMaster.base64()),
        List.of(alice.fingerprint, alicesMaster));
    String toAlice =
        "MATRIX_KEY_VERIFICATION_MAC@bob:other.orgBOB1@alice:example.orgALICE1$request";
    List<String> ids = new ArrayList<>(List.of("ed25519:BOB1", "ed25519:" + bobsMaster.base64()));
    ObjectNode theirs = Json.object();
    theirs
        .putObject("mac")
        .put(ids.get(0), peer.mac(bob.fingerprint.base64(), toAlice + ids.get(0)))
        .put(ids.get(1), peer.mac(bobsMaster.base64(), toAlice + ids.get(1)));
    ids.sort(null);
    theirs.put("keys", peer.mac(String.join(",", ids), toAlice + "KEY_IDS"));
    tell("mac", theirs);
    said("done");
    tell("done", Json.object());
    Verified verified = alice.phase(Done.class).verified();
    assertEquals(Set.of(bob.device), verified.devices().keySet());
    assertEquals(world.master(BOB), verified.masterKey());
  }

  private static void assertMacs(
      JdkPeer peer, String info, ObjectNode mac, List<String> ids, List<VerifyKey> keys)
      throws GeneralSecurityException {
    assertEquals(new HashSet<>(ids), new HashSet<>(mac.path("mac").propertyNames()));
    for (int i = 0; i < ids.size(); i++) {
      assertEquals(
          peer.mac(keys.get(i).base64(), info + ids.get(i)),
          mac.path("mac").path(ids.get(i)).stringValue());
    }
    String list = String.join(",", ids.stream().sorted().toList());
    assertEquals(peer.mac(list, info + "KEY_IDS"), mac.path("keys").stringValue());
  }

  /// "split the first 42 bits into 7 groups of 6 bits".
  private static List<SasEmoji> emoji(byte[] bytes) {
    StringBuilder bits = new StringBuilder();
    for (byte b : bytes) {
      bits.append(Integer.toBinaryString(b & 0xff | 0x100).substring(1));
    }
    return IntStream.range(0, 7)
        .map(i -> Integer.parseInt(bits.substring(6 * i, 6 * i + 6), 2))
        .mapToObj(Emoji::of)
        .toList();
  }

  /// The operations on bits that the specification gives.
  private static List<Integer> decimals(byte[] bytes) {
    int[] b = IntStream.range(0, 5).map(i -> bytes[i] & 0xff).toArray();
    return List.of(
        (b[0] << 5 | b[1] >> 3) + 1000,
        ((b[1] & 0x7) << 10 | b[2] << 2 | b[3] >> 6) + 1000,
        ((b[3] & 0x3f) << 7 | b[4] >> 1) + 1000);
  }

  @Test
  void theTableOfEmojiIsTheSpecifications() {
    assertEquals(new SasEmoji("🐶", "Dog"), Emoji.of(0));
    assertEquals(new SasEmoji("☁️", "Cloud"), Emoji.of(21));
    assertEquals(new SasEmoji("👍", "Thumbs Up"), Emoji.of(36));
    assertEquals(new SasEmoji("📌", "Pin"), Emoji.of(63));
    List<SasEmoji> all = IntStream.range(0, 64).mapToObj(Emoji::of).toList();
    assertEquals(64, all.stream().map(SasEmoji::symbol).distinct().count());
    assertEquals(64, all.stream().map(SasEmoji::description).distinct().count());
  }
}
