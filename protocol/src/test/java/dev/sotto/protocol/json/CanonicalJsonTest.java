package dev.sotto.protocol.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.CanonicalJson.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/appendices/#canonical-json
class CanonicalJsonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | {}",
        "{\"one\": 1, \"two\": \"Two\"} | {\"one\":1,\"two\":\"Two\"}",
        "{\"b\": \"2\", \"a\": \"1\"} | {\"a\":\"1\",\"b\":\"2\"}",
        "{\"a\": \"日本語\"} | {\"a\":\"日本語\"}",
        "{\"本\": 2, \"日\": 1} | {\"日\":1,\"本\":2}",
        "{\"a\": \"\\u65E5\"} | {\"a\":\"日\"}",
        "{\"a\": null} | {\"a\":null}",
        "{\"a\": -0, \"b\": 1} | {\"a\":0,\"b\":1}",
      })
  void examplesOfTheSpecification(String json, String canonical) {
    assertEquals(canonical, encode(json));
  }

  @Test
  void nestedExampleOfTheSpecification() {
    assertEquals(
        """
        {"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe",\
        "three_pids":[{"address":"john.doe@example.org","medium":"email"},\
        {"address":"123456789","medium":"msisdn"}]},"success":true}}""",
        encode(
            """
            {"auth": {"success": true, "mxid": "@john.doe:example.com",
              "profile": {"display_name": "John Doe", "three_pids": [
                {"medium": "email", "address": "john.doe@example.org"},
                {"medium": "msisdn", "address": "123456789"}]}}}
            """));
  }

  @Test
  void keysAreOrderedByCodePoint() {
    // In UTF-16 the astral key would come first, because its surrogates are below U+FFFD.
    assertEquals(
        "{\"\":0,\"a\":1,\"aa\":2,\"\uFFFD\":3,\"\uD83D\uDE00\":4}",
        encode("{\"\uD83D\uDE00\":4,\"\uFFFD\":3,\"aa\":2,\"a\":1,\"\":0}"));
  }

  @Test
  void onlyWhatMustBeIsEscaped() {
    assertEquals(
        "\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f \\\"/\\\\\u007f\u2028\"",
        encode("\"\\u0000\\u0001\\b\\t\\n\\u000B\\f\\r\\u001F \\\"\\/\\\\\u007f\u2028\""));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 9007199254740991L, -9007199254740991L})
  void integersWithinTheLimitAreWritten(long value) {
    assertEquals(Long.toString(value), encode(Long.toString(value)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9007199254740992",
        "-9007199254740992",
        "9223372036854775807",
        "-9223372036854775808",
        "99999999999999999999999",
        "1.0",
        "1.5",
        "1e3",
        "-0.0"
      })
  void otherNumbersAreRefused(String number) {
    assertBadJson("{\"a\":[" + number + "]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\\ud800\"", "\"\\udc00\"", "\"a\\ud800b\"", "\"\\udc00\\ud800\""})
  void halvesOfSurrogatePairsAreRefused(String json) {
    assertBadJson(json);
  }

  @Test
  void surrogatePairsAreFourBytes() {
    assertEquals(
        6, CanonicalJson.encode(Json.parse("\"\\ud83d\\ude00\"")).length, "two quotes, four bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 1.0",
    "-0.0, -0.0",
    "0.1, 0.1",
    "50.57, 50.57",
    "5.114698E4, 51146.98",
    "1e15, 1000000000000000.0",
    "1e16, 1e+16",
    "1.5e300, 1.5e+300",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "1.25e-7, 1.25e-07",
    "9007199254740993, 9007199254740993",
    "99999999999999999999999, 99999999999999999999999",
    "-9223372036854775808, -9223372036854775808"
  })
  void lenientFormHoldsAnyNumber(String number, String canonical) {
    byte[] bytes = CanonicalJson.encode(Json.parse(number), Numbers.LENIENT);
    assertEquals(canonical, new String(bytes, StandardCharsets.UTF_8));
  }

  @Test
  void infiniteNumbersHaveNoForm() {
    assertThrows(
        MatrixException.class, () -> CanonicalJson.encode(Json.parse("1e999"), Numbers.LENIENT));
  }

  @Test
  void membersAreLeftOutAtTheTopOnly() {
    byte[] bytes =
        CanonicalJson.encodeWithout(
            Json.parseObject("{\"b\":{\"a\":1},\"a\":2,\"c\":3}"), Set.of("a"), Numbers.STRICT);
    assertEquals("{\"b\":{\"a\":1},\"c\":3}", new String(bytes, StandardCharsets.UTF_8));
  }

  private static String encode(String json) {
    return new String(CanonicalJson.encode(Json.parse(json)), StandardCharsets.UTF_8);
  }

  private static void assertBadJson(String json) {
    MatrixException e = assertThrows(MatrixException.class, () -> encode(json));
    assertEquals(ErrorCode.M_BAD_JSON, e.code());
  }
}
