package dev.sotto.client.encryption.verification;

import dev.sotto.client.verification.CancelCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.json.CanonicalJson;
import dev.sotto.protocol.json.CanonicalJson.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads what others send.
final class Content {
  /// The longest text that a message has reason to hold.
  static final int MAX_TEXT = 255;

  private static final int MAX_BYTES = 16 * 1024;
  private static final int MAX_LIST = 32;

  private Content() {}

  /// Whether it is of a size, and of Unicode, that can be worked with.
  static boolean isSane(ObjectNode content) {
    try {
      return CanonicalJson.encode(content, Numbers.LENIENT).length <= MAX_BYTES;
    } catch (MatrixException _) {
      return false;
    }
  }

  /// A text that is there and neither empty nor too long.
  static Optional<String> optionalText(JsonNode content, String name) {
    return Optional.ofNullable(content.path(name).stringValue(null))
        .filter(text -> !text.isEmpty() && text.length() <= MAX_TEXT);
  }

  /// Without what could play tricks on whatever shows it.
  static String printable(String text) {
    return text.codePoints()
        .filter(
            point -> !Character.isISOControl(point) && Character.getType(point) != Character.FORMAT)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /// Why the other side ended it.
  static CancelCode cancelCode(JsonNode content) {
    String code = content.path("code").stringValue(null);
    return Arrays.stream(CancelCode.values())
        .filter(known -> known != CancelCode.OTHER && known.value().equals(code))
        .findFirst()
        .orElse(CancelCode.OTHER);
  }

  static String text(JsonNode content, String name) throws Breach {
    return optionalText(content, name).orElseThrow(() -> new Breach(CancelCode.INVALID_MESSAGE));
  }

  static Optional<DeviceId> optionalDevice(JsonNode content, String name) {
    return optionalText(content, name)
        .flatMap(
            text -> {
              try {
                return Optional.of(new DeviceId(text));
              } catch (MatrixException _) {
                return Optional.empty();
              }
            });
  }

  static DeviceId device(JsonNode content, String name) throws Breach {
    return optionalDevice(content, name).orElseThrow(() -> new Breach(CancelCode.INVALID_MESSAGE));
  }

  static List<String> texts(JsonNode content, String name) throws Breach {
    if (!(content.path(name) instanceof ArrayNode array) || array.size() > MAX_LIST) {
      throw new Breach(CancelCode.INVALID_MESSAGE);
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode each : array) {
      String text = each.stringValue(null);
      if (text == null || text.length() > MAX_TEXT) {
        throw new Breach(CancelCode.INVALID_MESSAGE);
      }
      texts.add(text);
    }
    return texts;
  }

  /// The one form of it that both sides hash.
  static byte[] canonical(ObjectNode content) throws Breach {
    try {
      return CanonicalJson.encode(content);
    } catch (MatrixException _) {
      throw new Breach(CancelCode.INVALID_MESSAGE);
    }
  }
}
