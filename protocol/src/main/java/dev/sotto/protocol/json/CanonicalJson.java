package dev.sotto.protocol.json;

import dev.sotto.protocol.error.MatrixException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes the one canonical form of a JSON value: shortest UTF-8, keys in code-point order,
/// integers within 2^53 - 1, no floating-point numbers.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#canonical-json
public final class CanonicalJson {
  /// The largest integer that canonical JSON can hold; its negative is the smallest.
  public static final long MAX_INTEGER = (1L << 53) - 1;

  /// Orders strings by Unicode code point, which differs from UTF-16 order above the BMP.
  public static final Comparator<String> CODE_POINT_ORDER = CanonicalJson::compareByCodePoint;

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  /// Which numbers are let through.
  public enum Numbers {
    /// Integers within 2^53 - 1, as canonical JSON demands.
    STRICT,
    /// Any, as rooms before version 6 hold them: integers in all their digits, floating-point
    /// numbers in their shortest decimal form.
    LENIENT
  }

  private final Numbers numbers;
  private byte[] out = new byte[512];
  private int size;

  private CanonicalJson(Numbers numbers) {
    this.numbers = numbers;
  }

  /// The canonical bytes of `value`.
  ///
  /// @throws MatrixException `M_BAD_JSON` if the value has no canonical form
  public static byte[] encode(JsonNode value) {
    return encode(value, Numbers.STRICT);
  }

  /// The canonical bytes of `value`, with a choice of which numbers it may hold.
  public static byte[] encode(JsonNode value, Numbers numbers) {
    CanonicalJson writer = new CanonicalJson(numbers);
    writer.write(value);
    return writer.bytes();
  }

  /// The canonical bytes of `object` as if its own members named in `leftOut` were not there.
  public static byte[] encodeWithout(ObjectNode object, Set<String> leftOut, Numbers numbers) {
    CanonicalJson writer = new CanonicalJson(numbers);
    writer.writeObject(object, leftOut);
    return writer.bytes();
  }

  private byte[] bytes() {
    return Arrays.copyOf(out, size);
  }

  private void write(JsonNode value) {
    switch (value.getNodeType()) {
      case OBJECT -> writeObject((ObjectNode) value, Set.of());
      case ARRAY -> writeArray((ArrayNode) value);
      case STRING -> writeString(value.stringValue());
      case NUMBER -> writeNumber(value);
      case BOOLEAN -> writeAscii(value.booleanValue() ? "true" : "false");
      case NULL -> writeAscii("null");
      case BINARY, MISSING, POJO -> throw new IllegalArgumentException("not a JSON value");
    }
  }

  private void writeObject(ObjectNode object, Set<String> leftOut) {
    String[] keys = new String[object.size()];
    int n = 0;
    boolean sorted = true;
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!leftOut.isEmpty() && leftOut.contains(member.getKey())) {
        continue;
      }
      keys[n] = member.getKey();
      sorted &= n == 0 || compareByCodePoint(keys[n - 1], keys[n]) < 0;
      n++;
    }
    if (!sorted) {
      Arrays.sort(keys, 0, n, CODE_POINT_ORDER);
    }
    writeByte('{');
    for (int i = 0; i < n; i++) {
      if (i > 0) {
        writeByte(',');
      }
      writeString(keys[i]);
      writeByte(':');
      write(object.get(keys[i]));
    }
    writeByte('}');
  }

  private void writeArray(ArrayNode array) {
    writeByte('[');
    for (int i = 0; i < array.size(); i++) {
      if (i > 0) {
        writeByte(',');
      }
      write(array.get(i));
    }
    writeByte(']');
  }

  private void writeNumber(JsonNode number) {
    if (number.isIntegralNumber() && number.canConvertToLong()) {
      long value = number.longValue();
      if (numbers == Numbers.LENIENT || (value >= -MAX_INTEGER && value <= MAX_INTEGER)) {
        writeAscii(Long.toString(value));
        return;
      }
    }
    if (numbers == Numbers.LENIENT) {
      writeAscii(
          number.isIntegralNumber()
              ? number.bigIntegerValue().toString()
              : floatingPoint(number.doubleValue()));
      return;
    }
    throw MatrixException.badJson(
        number.isIntegralNumber()
            ? "Integers in events must lie within 2^53 - 1."
            : "Numbers in events must be integers.");
  }

  /// The shortest digits that mean `value`, always with a fraction or an exponent: `0.5`, `1.0`,
  /// `1e+16`. No specification fixes this form; it is the one that old rooms were hashed with.
  private static String floatingPoint(double value) {
    if (!Double.isFinite(value)) {
      throw MatrixException.badJson("A number is too large.");
    }
    String sign = value < 0 || 1 / value < 0 ? "-" : "";
    if (value == 0) {
      return sign + "0.0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
    String digits = shortest.unscaledValue().toString();
    int point = shortest.precision() - shortest.scale();
    if (point > 16 || point < -3) {
      int exponent = point - 1;
      String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
      String padding = Math.abs(exponent) < 10 ? "0" : "";
      return sign
          + digits.charAt(0)
          + fraction
          + (exponent < 0 ? "e-" : "e+")
          + padding
          + Math.abs(exponent);
    }
    String plain = shortest.toPlainString();
    return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
  }

  private void writeAscii(String text) {
    reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      out[size++] = (byte) text.charAt(i);
    }
  }

  private void writeString(String text) {
    int length = text.length();
    // Six bytes is the most that one UTF-16 unit can take: a control character escaped.
    reserve(6 * length + 2);
    out[size++] = '"';
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
        out[size++] = (byte) c;
      } else if (c < 0x80) {
        writeEscaped(c);
      } else if (c < 0x800) {
        out[size++] = (byte) (0xC0 | c >> 6);
        out[size++] = (byte) (0x80 | c & 0x3F);
      } else if (!Character.isSurrogate(c)) {
        out[size++] = (byte) (0xE0 | c >> 12);
        out[size++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[size++] = (byte) (0x80 | c & 0x3F);
      } else {
        i++;
        writeSurrogates(c, i < length ? text.charAt(i) : 0);
      }
    }
    out[size++] = '"';
  }

  private void writeEscaped(char c) {
    out[size++] = '\\';
    switch (c) {
      case '"', '\\' -> out[size++] = (byte) c;
      case '\b' -> out[size++] = 'b';
      case '\t' -> out[size++] = 't';
      case '\n' -> out[size++] = 'n';
      case '\f' -> out[size++] = 'f';
      case '\r' -> out[size++] = 'r';
      default -> {
        out[size++] = 'u';
        out[size++] = '0';
        out[size++] = '0';
        out[size++] = HEX[c >> 4];
        out[size++] = HEX[c & 0xF];
      }
    }
  }

  private void writeSurrogates(char high, char low) {
    if (!Character.isSurrogatePair(high, low)) {
      throw MatrixException.badJson("A string holds half of a surrogate pair.");
    }
    int point = Character.toCodePoint(high, low);
    out[size++] = (byte) (0xF0 | point >> 18);
    out[size++] = (byte) (0x80 | point >> 12 & 0x3F);
    out[size++] = (byte) (0x80 | point >> 6 & 0x3F);
    out[size++] = (byte) (0x80 | point & 0x3F);
  }

  private void writeByte(char c) {
    reserve(1);
    out[size++] = (byte) c;
  }

  private void reserve(int more) {
    if (out.length - size < more) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, size + more));
    }
  }

  private static int compareByCodePoint(String a, String b) {
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean xHigh = Character.isSurrogate(x);
        boolean yHigh = Character.isSurrogate(y);
        // A surrogate stands for a code point above every other UTF-16 unit.
        return xHigh == yHigh ? Character.compare(x, y) : xHigh ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
