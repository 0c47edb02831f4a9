package dev.sotto.homeserver.blindness;

import dev.sotto.protocol.json.CanonicalJson;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The words in which the rules are written.
///
/// None but [#text] has room for a sentence: identifiers hold no spaces and no more than 255
/// characters.
final class Shapes {
  private static final int MAX_ID_LENGTH = 255;
  private static final String SERVER_PATTERN = "[A-Za-z0-9.:\\[\\]-]{1,230}";

  static final Shape FLAG =
      value -> {
        if (!value.isBoolean()) {
          throw new Misfit("must be true or false");
        }
        return value;
      };

  static final Shape INTEGER = integer(-CanonicalJson.MAX_INTEGER, CanonicalJson.MAX_INTEGER);

  /// Printable ASCII without spaces: ids that clients make up.
  static final Shape OPAQUE = like("an id without spaces", "[!-~]{1,255}");

  /// A name such as `m.sas.v1` or `sha256`.
  static final Shape NAME = like("a name without spaces", "[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /// An event type or what else rooms have levels for.
  static final Shape EVENT_TYPE =
      like("an event type without spaces", "[A-Za-z0-9][A-Za-z0-9._:/$*-]{0,254}");

  static final Shape EVENT_ID =
      like("an event id", "\\$[A-Za-z0-9._~=+/-]{1,128}(?::" + SERVER_PATTERN + ")?");
  static final Shape ROOM_ID = like("a room id", "![!-~]{1,254}");
  static final Shape USER_ID = like("a user id", "@[!-9;-~]{0,254}:" + SERVER_PATTERN);
  static final Shape ALIAS = like("a room alias", "#[^\\s:\\p{Cntrl}]{1,254}:" + SERVER_PATTERN);
  static final Shape SERVER = like("a server name", SERVER_PATTERN);
  static final Shape SERVER_GLOB = like("a server name", "[A-Za-z0-9.:\\[\\]*?-]{1,255}");
  static final Shape MIMETYPE = like("a content type", "[A-Za-z0-9!#$&^_.+-]{1,64}/\\S{1,64}");

  /// The address of a file on a Matrix server, or nothing where one was taken away.
  static final Shape MXC =
      like("an mxc address", "(?:mxc://" + SERVER_PATTERN + "/[A-Za-z0-9_-]{1,200})?");

  /// Unpadded base64 of any length.
  static final Shape BASE64 =
      value -> {
        if (!value.isString() || !isUnpaddedBase64(value.stringValue())) {
          throw new Misfit("must be unpadded base64");
        }
        return value;
      };

  /// Base64, of which some clients have both kinds.
  static final Shape PADDED_BASE64 =
      value -> {
        BASE64.check(value.isString() ? value.stringValue().replaceFirst("={1,2}$", "") : "");
        return value;
      };

  /// Unpadded base64 no longer than keys, signatures and hashes are.
  static final Shape SHORT_BASE64 =
      value -> {
        BASE64.keep(value);
        if (value.stringValue().length() > MAX_ID_LENGTH) {
          throw new Misfit("is too long");
        }
        return value;
      };

  private Shapes() {}

  /// Words for people. Only names and topics are of this shape.
  static Shape text(int maxBytes) {
    return value -> {
      if (!value.isString()) {
        throw new Misfit("must be a string");
      }
      if (value.stringValue().getBytes(StandardCharsets.UTF_8).length > maxBytes) {
        throw new Misfit("must have at most " + maxBytes + " bytes");
      }
      return value;
    };
  }

  /// A string that matches `regex` and is no longer than ids are.
  static Shape like(String what, String regex) {
    Pattern pattern = Pattern.compile(regex);
    return value -> {
      if (!value.isString()
          || value.stringValue().length() > MAX_ID_LENGTH
          || !pattern.matcher(value.stringValue()).matches()) {
        throw new Misfit("must be " + what);
      }
      return value;
    };
  }

  static Shape oneOf(String... words) {
    List<String> allowed = List.of(words);
    String why = "must be " + (words.length == 1 ? words[0] : "one of " + allowed);
    return value -> {
      if (!value.isString() || !allowed.contains(value.stringValue())) {
        throw new Misfit(why);
      }
      return value;
    };
  }

  static Shape integer(long min, long max) {
    return value -> {
      if (!value.isIntegralNumber()
          || !value.canConvertToLong()
          || value.longValue() < min
          || value.longValue() > max) {
        throw new Misfit("must be an integer from " + min + " to " + max);
      }
      return value;
    };
  }

  static Shape either(Shape one, Shape other) {
    return value -> {
      try {
        return one.keep(value);
      } catch (Misfit _) {
        return other.keep(value);
      }
    };
  }

  static Shape list(Shape each, int max) {
    return value -> {
      if (!(value instanceof ArrayNode array)) {
        throw new Misfit("must be a list");
      }
      if (array.size() > max) {
        throw new Misfit("must have at most " + max + " entries");
      }
      ArrayNode kept = Json.mapper().createArrayNode();
      for (int i = 0; i < array.size(); i++) {
        try {
          kept.add(each.keep(array.get(i)));
        } catch (Misfit e) {
          throw e.inside(String.valueOf(i));
        }
      }
      return kept;
    };
  }

  static Shape map(Shape key, Shape each, int max) {
    return value -> {
      if (!(value instanceof ObjectNode object)) {
        throw new Misfit("must be an object");
      }
      if (object.size() > max) {
        throw new Misfit("must have at most " + max + " members");
      }
      ObjectNode kept = Json.object();
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        checkKey(key, member.getKey());
        try {
          kept.set(member.getKey(), each.keep(member.getValue()));
        } catch (Misfit e) {
          throw e.inside(member.getKey());
        }
      }
      return kept;
    };
  }

  private static void checkKey(Shape shape, String key) {
    try {
      shape.check(key);
    } catch (Misfit e) {
      throw new Misfit("has a member whose name " + e.getMessage());
    }
  }

  private static boolean isUnpaddedBase64(String text) {
    int length = text.length();
    if (length == 0 || length % 4 == 1) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
      if (!letter && !(c >= '0' && c <= '9') && c != '+' && c != '/') {
        return false;
      }
    }
    return true;
  }
}
