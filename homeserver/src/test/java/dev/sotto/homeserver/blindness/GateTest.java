package dev.sotto.homeserver.blindness;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// What the gate decides beyond single contents.
class GateTest {
  private static final String MEGOLM = "\"algorithm\": \"m.megolm.v1.aes-sha2\"";

  private static final ServerName SERVER = new ServerName("example.org");
  private static final RoomId ROOM = new RoomId("!room:example.org");

  private final Gate blind = new Gate(EncryptionPolicy.REQUIRED, SERVER, List.of(), 1000);
  private final Gate plain = new Gate(EncryptionPolicy.OPTIONAL, SERVER, List.of(), 1000);

  private static Admitted encryption(Gate gate, String content) {
    return gate.admit(EventTypes.ENCRYPTION, "", Json.parseObject("{" + content + "}"));
  }

  @Test
  void newRoomsAreEncryptedWhereEncryptionIsRequired() {
    ObjectNode encryption = blind.encryptionOfNewRooms().orElseThrow();
    assertEquals(encryption, blind.admit(EventTypes.ENCRYPTION, "", encryption).content());
    assertEquals(Optional.empty(), plain.encryptionOfNewRooms());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "-                             | ,\"rotation_period_msgs\":10   | no",
        ",\"rotation_period_msgs\":11  | ,\"rotation_period_msgs\":10   | no",
        ",\"rotation_period_msgs\":9   | ,\"rotation_period_msgs\":10   | yes",
        "-                             | ,\"rotation_period_ms\":1000   | no",
        ",\"rotation_period_ms\":1000  | ,\"rotation_period_ms\":1000   | yes",
        ",\"rotation_period_ms\":1001  | ,\"rotation_period_ms\":1000   | no",
        ",\"rotation_period_ms\":1000  | -                              | yes",
        "-                             | -                              | yes",
        "-  | ,\"io.element.msc4362.encrypt_state_events\":true | no",
        ",\"io.element.msc4362.encrypt_state_events\":false  |"
            + " ,\"io.element.msc4362.encrypt_state_events\":true | no",
        ",\"io.element.msc4362.encrypt_state_events\":true  | - | yes",
      })
  void encryptionIsNeverWeakened(String next, String current, String allowed) {
    Admitted event = encryption(blind, MEGOLM + (next == null ? "" : next));
    ObjectNode before = Json.parseObject("{" + MEGOLM + (current == null ? "" : current) + "}");
    if (allowed.equals("yes")) {
      event.requireMayReplace(before);
    } else {
      assertThrows(MatrixException.class, () -> event.requireMayReplace(before));
    }
    Admitted plainly = encryption(plain, MEGOLM + (next == null ? "" : next));
    assertDoesNotThrow(() -> plainly.requireMayReplace(before));
  }

  @Test
  void encryptionIsNeverRedacted() {
    ObjectNode content = Json.parseObject("{\"redacts\": \"$a\"}");
    Admitted redaction = blind.admit(EventTypes.REDACTION, null, content);
    assertThrows(MatrixException.class, () -> redaction.requireMayRedact(EventTypes.ENCRYPTION));
    assertDoesNotThrow(() -> redaction.requireMayRedact(EventTypes.ENCRYPTED));
    Admitted plainly = plain.admit(EventTypes.REDACTION, null, content);
    assertDoesNotThrow(() -> plainly.requireMayRedact(EventTypes.ENCRYPTION));
  }

  @ParameterizedTest
  @ValueSource(strings = {"m1760000000000.1", "5f3c-a", "$local:1", "~"})
  void transactionIdsOfClientsPass(String txnId) {
    assertDoesNotThrow(() -> blind.checkTransactionId(txnId));
  }

  @Test
  void sentenceIsNoTransactionId() {
    assertThrows(MatrixException.class, () -> blind.checkTransactionId("meet me at noon"));
    assertDoesNotThrow(() -> plain.checkTransactionId("meet me at noon"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"ephemeral\":\"AAAA\",\"ciphertext\":\"BBBB\",\"mac\":\"CCCCCCCCCCC\"}",
        "{\"iv\":\"AAA=\",\"ciphertext\":\"BB==\",\"mac\":\"CCCC\"}"
      })
  void encryptedKeysMayBeBackedUp(String sessionData) {
    assertDoesNotThrow(() -> blind.checkBackup(ROOM, "X3lU", sessionData));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"session_key\":\"AAAA\"}",
        "{\"ciphertext\":\"meet me at noon\",\"mac\":\"CCCC\"}",
        "{\"ciphertext\":{\"session_key\":\"AAAA\"},\"mac\":\"CCCC\"}",
        "{\"ciphertext\":\"BBBB\",\"mac\":\"CCCC\",\"session_key\":\"AAAA\"}"
      })
  void readableKeysMayNotBeBackedUp(String sessionData) {
    assertThrows(MatrixException.class, () -> blind.checkBackup(ROOM, "X3lU", sessionData));
    assertDoesNotThrow(() -> plain.checkBackup(ROOM, "X3lU", sessionData));
  }

  @Test
  void backupOfAKeyIsFiledUnderIds() {
    String sessionData = "{\"ciphertext\": \"AAAA\", \"mac\": \"AAAA\"}";
    RoomId sentence = new RoomId("!meet me at noon");
    assertDoesNotThrow(() -> blind.checkBackup(ROOM, "X3lU", sessionData));
    assertThrows(
        MatrixException.class, () -> blind.checkBackup(ROOM, "meet me at noon", sessionData));
    assertThrows(MatrixException.class, () -> blind.checkBackup(sentence, "X3lU", sessionData));
  }

  @Test
  void deviceIdHasNoSpaces() {
    DeviceId sentence = new DeviceId("meet me at noon");
    assertDoesNotThrow(() -> blind.checkDeviceId(new DeviceId("RJYKSTBOIE")));
    assertThrows(MatrixException.class, () -> blind.checkDeviceId(sentence));
    assertDoesNotThrow(() -> plain.checkDeviceId(sentence));
  }

  @Test
  void fileIsKeptWithoutTypeAndName() {
    AdmittedMedia media = blind.admitMedia("text/plain", "meet me at noon.txt", null, 1_000_000);
    assertEquals("application/octet-stream", media.contentType());
    assertNull(media.fileName());
  }

  @Test
  void smallPictureIsKeptForWhatItIs() {
    AdmittedMedia media = blind.admitMedia("text/html", "meet me at noon.png", "image/png", 1000);
    assertEquals("image/png", media.contentType());
    assertNull(media.fileName());
  }

  @Test
  void largePictureIsRefused() {
    MatrixException refusal =
        assertThrows(
            MatrixException.class, () -> blind.admitMedia("image/png", null, "image/png", 1001));
    assertEquals(403, refusal.status());
  }

  @Test
  void whereEncryptionIsOptionalFilesAreWhatTheyAreSaidToBe() {
    AdmittedMedia media = plain.admitMedia("text/plain", "a.txt", "image/png", 1_000_000);
    assertEquals("text/plain", media.contentType());
    assertEquals("a.txt", media.fileName());
    assertEquals("application/octet-stream", plain.admitMedia(null, null, null, 1).contentType());
  }
}
