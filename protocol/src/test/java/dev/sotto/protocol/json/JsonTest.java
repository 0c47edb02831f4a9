package dev.sotto.protocol.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  record Named(String name, @Nullable Integer age) {}

  record Flagged(@Nullable Boolean flag, @Nullable Long number) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{]",
        "{\"a\":}",
        "{'a':1}",
        "nul",
        "NaN",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\"}",
        "\"a\nb\"",
        "{} {}",
        "{}x",
        "[1,]",
        "/* */{}",
        "\"\\x\""
      })
  void whatIsNoJsonIsRefused(String text) {
    assertEquals(ErrorCode.M_NOT_JSON, refusal(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() {
    assertEquals(ErrorCode.M_NOT_JSON, refusal(bytes('"', 0xFF, '"')));
    assertEquals(ErrorCode.M_NOT_JSON, refusal(bytes('"', 0xC0, 0x80, '"')), "overlong NUL");
    assertEquals(ErrorCode.M_NOT_JSON, refusal(bytes('"', 0xE0, 0x80, 0xAF, '"')), "overlong /");
    assertEquals(ErrorCode.M_NOT_JSON, refusal(bytes('"', 0xED, 0xA0, 0x80, '"')), "surrogate");
    assertEquals(ErrorCode.M_NOT_JSON, refusal(bytes('"', 0xF4, 0x90, 0x80, 0x80, '"')));
    assertEquals(ErrorCode.M_NOT_JSON, refusal(bytes('"', 0xE2, 0x82, '"')), "cut short");
  }

  @Test
  void utf16IsNotTakenForJson() {
    assertEquals(ErrorCode.M_NOT_JSON, refusal("{}".getBytes(StandardCharsets.UTF_16BE)));
    assertEquals(ErrorCode.M_NOT_JSON, refusal("{}".getBytes(StandardCharsets.UTF_16LE)));
  }

  @Test
  void replacementCharacterItselfIsAccepted() {
    assertEquals("\uFFFD", Json.parse("\"\uFFFD\"".getBytes(StandardCharsets.UTF_8)).stringValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1,\"a\":1}", "[{\"b\":{\"a\":1,\"\\u0061\":2}}]"})
  void duplicateKeysAreRefused(String text) {
    assertEquals(ErrorCode.M_BAD_JSON, refusal(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void nestingIsLimited() {
    Json.parse(nested(Json.MAX_DEPTH).getBytes(StandardCharsets.UTF_8));
    assertEquals(
        ErrorCode.M_BAD_JSON, refusal(nested(Json.MAX_DEPTH + 1).getBytes(StandardCharsets.UTF_8)));
    assertEquals(
        ErrorCode.M_BAD_JSON, refusal("[".repeat(1_000_000).getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void overlongNumbersAreRefused() {
    assertEquals(
        ErrorCode.M_BAD_JSON, refusal("9".repeat(1_000_000).getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "\"a\"", "null", "true"})
  void anObjectIsAskedForWhereOneIsExpected(String text) {
    MatrixException e = assertThrows(MatrixException.class, () -> Json.parseObject(text));
    assertEquals(ErrorCode.M_BAD_JSON, e.code());
  }

  @Test
  void recordIsBoundAndUnknownMembersPassedOver() {
    Named named = Json.bind(Json.parseObject("{\"name\":\"a\",\"more\":{}}"), Named.class);
    assertEquals(new Named("a", null), named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"name\":\"a\",\"age\":\"1\"}", "{\"name\":{}}", "{\"name\":[\"a\"]}"})
  void illTypedMemberIsBadJson(String text) {
    MatrixException e =
        assertThrows(MatrixException.class, () -> Json.bind(Json.parseObject(text), Named.class));
    assertEquals(ErrorCode.M_BAD_JSON, e.code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"flag\":\"\"}",
        "{\"flag\":\" \"}",
        "{\"flag\":\"\\u0000\"}",
        "{\"flag\":\"true\"}",
        "{\"flag\":1}",
        "{\"number\":\"\"}",
        "{\"number\":\"\\t\"}",
        "{\"number\":\"5\"}",
        "{\"number\":5.5}",
        "{\"number\":true}"
      })
  void flagsAndNumbersAreNotTakenFromAnythingElse(String text) {
    MatrixException e =
        assertThrows(MatrixException.class, () -> Json.bind(Json.parseObject(text), Flagged.class));
    assertEquals(ErrorCode.M_BAD_JSON, e.code());
  }

  private static ErrorCode refusal(byte[] json) {
    return assertThrows(MatrixException.class, () -> Json.parse(json)).code();
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
