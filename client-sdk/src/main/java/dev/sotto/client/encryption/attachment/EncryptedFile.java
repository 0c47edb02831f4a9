package dev.sotto.client.encryption.attachment;

import dev.sotto.client.encryption.attachment.AttachmentException.Reason;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Where an encrypted file is and what opens it: `file`, or `info.thumbnail_file`, of an encrypted
/// message.
///
/// @param url `mxc://server/id`
/// @spec https://spec.matrix.org/v1.19/client-server-api/#sending-encrypted-attachments
public record EncryptedFile(String url, AttachmentKey key) {
  private static final String VERSION = "v2";
  private static final String KEY_TYPE = "oct";
  private static final String ALGORITHM = "A256CTR";
  private static final String URL_START = "mxc://";
  private static final int MAX_TEXT_LENGTH = 1024;

  /// What a message says of a file.
  ///
  /// @throws AttachmentException MALFORMED, UNSUPPORTED
  public static EncryptedFile of(JsonNode file) throws AttachmentException {
    require("v", VERSION, text(file, "v"));
    JsonNode jwk = file.path("key");
    require("key.kty", KEY_TYPE, text(jwk, "kty"));
    require("key.alg", ALGORITHM, text(jwk, "alg"));
    String url = text(file, "url");
    if (!url.startsWith(URL_START) || url.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw malformed("url");
    }
    byte[] key = bytes(jwk, "k", true, AttachmentKey.KEY_BYTES);
    try {
      return new EncryptedFile(
          url,
          AttachmentKey.of(
              key,
              bytes(file, "iv", false, AttachmentKey.COUNTER_BYTES),
              bytes(file.path("hashes"), "sha256", false, AttachmentKey.HASH_BYTES)));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static void require(String name, String expected, String found)
      throws AttachmentException {
    if (!expected.equals(found)) {
      throw new AttachmentException(
          Reason.UNSUPPORTED, "The file is encrypted in an unknown way: its '" + name + "'.");
    }
  }

  private static String text(JsonNode object, String name) throws AttachmentException {
    String text = object.path(name).stringValue(null);
    if (text == null || text.length() > MAX_TEXT_LENGTH) {
      throw malformed(name);
    }
    return text;
  }

  private static byte[] bytes(JsonNode object, String name, boolean urlSafe, int length)
      throws AttachmentException {
    String text = text(object, name);
    byte[] bytes;
    try {
      bytes = urlSafe ? UnpaddedBase64.decodeUrlSafe(text) : UnpaddedBase64.decode(text);
    } catch (MatrixException _) {
      throw malformed(name);
    }
    if (bytes.length != length) {
      throw malformed(name);
    }
    return bytes;
  }

  private static AttachmentException malformed(String name) {
    return new AttachmentException(
        Reason.MALFORMED, "The encrypted file's '" + name + "' is missing or malformed.");
  }

  /// As it stands in a message. It holds the key, so only in an encrypted one.
  public ObjectNode json() {
    ObjectNode file = Json.object().put("url", url).put("v", VERSION);
    byte[] bytes = key.key();
    ObjectNode jwk = file.putObject("key");
    jwk.put("kty", KEY_TYPE).put("alg", ALGORITHM).put("ext", true);
    List.of("encrypt", "decrypt").forEach(jwk.putArray("key_ops")::add);
    jwk.put("k", UnpaddedBase64.encodeUrlSafe(bytes));
    Arrays.fill(bytes, (byte) 0);
    file.put("iv", UnpaddedBase64.encode(key.counter()));
    file.putObject("hashes").put("sha256", UnpaddedBase64.encode(key.sha256()));
    return file;
  }
}
