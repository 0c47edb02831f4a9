package dev.sotto.client.encryption.attachment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.encryption.attachment.AttachmentException.Reason;
import dev.sotto.protocol.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

class EncryptedFileTest {
  private static final String KEY = "aWF6-32KGYaC3A_FEUCk1Bt0JA37zP0wrStgmdCaW-0";

  /// The example of the specification.
  private static ObjectNode file() {
    return Json.parseObject(
        """
        {"url": "mxc://example.org/FHyPlCeYUSFFxlgbQYZmoEoe", "v": "v2",
         "key": {"alg": "A256CTR", "ext": true, "k": "%s",
                 "key_ops": ["encrypt", "decrypt"], "kty": "oct"},
         "iv": "w+sE15fzSc0AAAAAAAAAAA",
         "hashes": {"sha256": "fdSLu/YkRx3Wyh3KQabP3rd6+SFiKg5lsJZQHtkSAYA"}}\
        """
            .formatted(KEY));
  }

  private static void assertRefused(Reason reason, JsonNode file) {
    AttachmentException e =
        assertThrows(AttachmentException.class, () -> EncryptedFile.of(file), file.toString());
    assertEquals(reason, e.reason(), file.toString());
    assertFalse(String.valueOf(e.getMessage()).contains(KEY));
  }

  private static void assertRefused(Reason reason, String name, String json) {
    ObjectNode file = file();
    ObjectNode at = file;
    List<String> path = List.of(name.split("\\."));
    for (String step : path.subList(0, path.size() - 1)) {
      at = (ObjectNode) at.get(step);
    }
    at.set(path.getLast(), Json.parse(json));
    assertRefused(reason, file);
    at.remove(path.getLast());
    assertRefused(Reason.MALFORMED, file);
  }

  @Test
  void theExampleOfTheSpecificationIsRead() throws AttachmentException {
    EncryptedFile read = EncryptedFile.of(file());
    assertEquals("mxc://example.org/FHyPlCeYUSFFxlgbQYZmoEoe", read.url());
    assertEquals(file(), read.json());
  }

  @Test
  void paddingIsAccepted() throws AttachmentException {
    ObjectNode padded = file();
    padded.put("iv", "w+sE15fzSc0AAAAAAAAAAA==");
    assertEquals(EncryptedFile.of(file()), EncryptedFile.of(padded));
  }

  @Test
  void anotherWayToEncryptIsRefused() {
    assertRefused(Reason.UNSUPPORTED, "v", "\"v1\"");
    assertRefused(Reason.UNSUPPORTED, "key.alg", "\"A128CTR\"");
    assertRefused(Reason.UNSUPPORTED, "key.kty", "\"RSA\"");
  }

  @Test
  void whatIsMissingOrMalformedIsRefused() {
    assertRefused(Reason.MALFORMED, "v", "2");
    assertRefused(Reason.MALFORMED, "url", "\"https://example.org/file\"");
    assertRefused(Reason.MALFORMED, "url", "\"mxc://example.org/a\\nb\"");
    assertRefused(Reason.MALFORMED, "url", '"' + "mxc://" + "a".repeat(2000) + '"');
    assertRefused(Reason.MALFORMED, "iv", "\"w+sE15fzSc0\"");
    assertRefused(Reason.MALFORMED, "iv", "\"no base64!\"");
    assertRefused(Reason.MALFORMED, "key.k", "\"" + KEY.substring(4) + "\"");
    assertRefused(Reason.MALFORMED, "key.k", "[]");
    assertRefused(Reason.MALFORMED, "key", "\"" + KEY + "\"");
    assertRefused(Reason.MALFORMED, "hashes.sha256", "null");
    assertRefused(Reason.MALFORMED, "hashes.sha256", "\"\"");
    assertRefused(Reason.MALFORMED, "hashes", "{\"md5\": \"fdSLu/YkRx3Wyh3KQabP3g\"}");
    assertRefused(Reason.MALFORMED, Json.object());
    assertRefused(Reason.MALFORMED, NullNode.getInstance());
    assertRefused(Reason.MALFORMED, Json.parse("[1]"));
  }
}
