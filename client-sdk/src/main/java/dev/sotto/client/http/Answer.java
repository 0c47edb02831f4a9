package dev.sotto.client.http;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads a server's answer so that what one user put into it does not spoil the rest.
///
/// An answer holds what strangers wrote: events, device keys. The server hands it on although
/// [Json] would refuse it; refusing the answer with it would make each further sync as unreadable.
/// So an answer is read without limits but on its bytes, and single parts beyond the limits of
/// [Json] are left out: of elements of its lists (events) only a null stays in their place, so that
/// they can be counted, of devices and users in answers about keys nothing. What is returned can be
/// written and read again by [Json], also inside of a few more objects.
final class Answer {
  /// How deeply an element of a list may nest, so that it can be kept inside of something else.
  static final int MAX_ELEMENT_DEPTH = Json.MAX_DEPTH - 20;

  /// How long the name of a member may be, in UTF-16 units, as [Json] has it.
  static final int MAX_NAME_LENGTH = 10_000;

  /// Under 40 digits, as [Json] has it. Canonical JSON ends far below.
  private static final int MAX_INTEGER_BITS = 127;

  /// Members of answers about keys that hold something of each user.
  private static final List<String> OF_USERS =
      List.of("master_keys", "self_signing_keys", "user_signing_keys", "failures");

  /// Members of answers about keys that hold something of each device of each user.
  private static final List<String> OF_DEVICES = List.of("device_keys", "one_time_keys");

  /// Escapes in JSON from the left, so that none is taken for a part of another. The group is half
  /// a surrogate pair without the other half.
  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\\\u[dD][89abAB]\\p{XDigit}{2}\\\\u[dD][c-fC-F]\\p{XDigit}{2}"
              + "|(\\\\u[dD][89a-fA-F]\\p{XDigit}{2})"
              + "|\\\\.");

  private static final String REPLACEMENT = "\\\\ufffd";

  private Answer() {}

  /// The object in `body`; of members with the same name the last counts.
  ///
  /// @throws MatrixException `M_NOT_JSON` or `M_BAD_JSON` if it is none, or if it is beyond the
  ///   limits in what cannot be left out
  static ObjectNode read(byte[] body) {
    ObjectNode answer = withinLimits(parse(body));
    if (!fits(answer, Json.MAX_DEPTH)) {
      // Half a surrogate pair beside the lists may be all that is wrong.
      answer = withinLimits(parseMended(body));
    }
    if (!fits(answer, Json.MAX_DEPTH)) {
      throw MatrixException.badJson(
          "This JSON is nested too deeply, or holds a name or number that is too long.");
    }
    return answer;
  }

  /// Leaves out what can be left out.
  private static ObjectNode withinLimits(JsonNode body) {
    if (!(body instanceof ObjectNode answer)) {
      throw MatrixException.badJson("A JSON object is expected here.");
    }
    for (String name : OF_USERS) {
      keepMembers(answer.path(name), value -> fits(value, MAX_ELEMENT_DEPTH));
    }
    for (String name : OF_DEVICES) {
      answer
          .path(name)
          .forEach(devices -> keepMembers(devices, value -> fits(value, MAX_ELEMENT_DEPTH)));
      keepMembers(answer.path(name), value -> fits(value, Json.MAX_DEPTH));
    }
    keepElements(answer, Json.MAX_DEPTH);
    return answer;
  }

  private static JsonNode parse(byte[] body) {
    try {
      // Given bytes, the parser would guess at UTF-16 and let overlong forms through.
      return Json.lenientMapper()
          .readTree(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException | JacksonException _) {
      return parseMended(body);
    }
  }

  /// Reads what is no text as the sign for that: a server may hand on what a stranger wrote as it
  /// came, and the parser takes half a surrogate pair in no name.
  private static JsonNode parseMended(byte[] body) {
    try {
      return Json.lenientMapper()
          .readTree(withoutLoneSurrogates(new String(body, StandardCharsets.UTF_8)));
    } catch (JacksonException _) {
      throw new MatrixException(ErrorCode.M_NOT_JSON, "This is not valid JSON.");
    }
  }

  private static String withoutLoneSurrogates(String json) {
    Matcher escapes = ESCAPE.matcher(json);
    return escapes.replaceAll(
        found -> found.group(1) == null ? Matcher.quoteReplacement(found.group()) : REPLACEMENT);
  }

  /// Empties the places of what does not fit into the outermost lists.
  private static void keepElements(JsonNode frame, int depth) {
    if (frame instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        if (!fits(list.get(i), MAX_ELEMENT_DEPTH)) {
          list.setNull(i);
        }
      }
    } else if (frame.isObject() && depth > 0) {
      frame.forEach(member -> keepElements(member, depth - 1));
    }
  }

  private static void keepMembers(JsonNode frame, Predicate<JsonNode> fitting) {
    if (frame instanceof ObjectNode object) {
      List<String> dropped = new ArrayList<>();
      object.forEachEntry(
          (name, value) -> {
            if (!isName(name) || !fitting.test(value)) {
              dropped.add(name);
            }
          });
      object.remove(dropped);
    }
  }

  /// Whether `value` nests at most `depth` levels and all in it is within the limits. The depth
  /// bounds the recursion too.
  private static boolean fits(JsonNode value, int depth) {
    return switch (value.getNodeType()) {
      case OBJECT -> depth > 0 && fitsMembers(value, depth - 1);
      case ARRAY -> depth > 0 && fitsElements(value, depth - 1);
      case STRING -> isText(Objects.requireNonNull(value.stringValue()));
      case NUMBER ->
          !value.isBigInteger() || value.bigIntegerValue().bitLength() <= MAX_INTEGER_BITS;
      case BOOLEAN, NULL -> true;
      case BINARY, MISSING, POJO -> false;
    };
  }

  private static boolean fitsMembers(JsonNode object, int depth) {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!isName(member.getKey()) || !fits(member.getValue(), depth)) {
        return false;
      }
    }
    return true;
  }

  private static boolean fitsElements(JsonNode list, int depth) {
    for (JsonNode element : list) {
      if (!fits(element, depth)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isName(String name) {
    return name.length() <= MAX_NAME_LENGTH && isText(name);
  }

  /// Whether every surrogate is half of a pair; a lone one cannot be written as UTF-8.
  private static boolean isText(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (i + 1 == text.length()
            || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
