package dev.sotto.client.http;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An answer whose status is no success, as far as it can be understood.
///
/// @param errcode empty where none was sent
/// @param retryAfter never negative and never more than [#LONGEST_WAIT]
/// @param details the answer, or an empty object where it is none
record Refusal(
    int status,
    String errcode,
    String sentence,
    Optional<Duration> retryAfter,
    ObjectNode details) {
  /// What a server that asks for more is taken at.
  static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private static final Pattern ERRCODE = Pattern.compile("[A-Za-z0-9_.-]{1,100}");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");
  private static final int LONGEST_SENTENCE = 500;

  static Refusal of(Reply reply, Instant now) {
    ObjectNode details = details(reply.body());
    String errcode = text(details, "errcode");
    return new Refusal(
        reply.status(),
        errcode != null && ERRCODE.matcher(errcode).matches() ? errcode : "",
        sentence(details),
        Optional.ofNullable(retryAfter(reply, details, now)),
        details);
  }

  /// What is thrown for it.
  MatrixRequestException exception(Request request, @Nullable TokenPair secrets) {
    return new MatrixRequestException(
        describe(request, secrets), status, errcode, retryAfter, details);
  }

  /// A message for people that holds neither control characters nor `secrets`.
  private String describe(Request request, @Nullable TokenPair secrets) {
    String said = sentence.isEmpty() ? "" : ": " + sentence;
    if (secrets != null) {
      // A server that repeats what it was sent would else bring the token into a log.
      said = secrets.removeFrom(said);
    }
    return request + ": " + status + (errcode.isEmpty() ? "" : " " + errcode) + said;
  }

  private static ObjectNode details(byte[] body) {
    try {
      return Json.parseObject(body);
    } catch (MatrixException _) {
      return Json.object();
    }
  }

  private static String sentence(ObjectNode details) {
    String error = text(details, "error");
    if (error == null) {
      return "";
    }
    String clean = error.replaceAll("\\p{C}", " ");
    return clean.length() > LONGEST_SENTENCE ? clean.substring(0, LONGEST_SENTENCE) : clean;
  }

  /// The header goes before the deprecated member of the body.
  private static @Nullable Duration retryAfter(Reply reply, ObjectNode details, Instant now) {
    String header = reply.header("Retry-After");
    Duration asked = header == null ? null : fromHeader(header.strip(), now);
    if (asked == null) {
      JsonNode millis = details.path("retry_after_ms");
      asked =
          millis.isIntegralNumber() && millis.canConvertToLong()
              ? Duration.ofMillis(millis.longValue())
              : null;
    }
    if (asked == null) {
      return null;
    }
    return asked.isNegative()
        ? Duration.ZERO
        : asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
  }

  private static @Nullable Duration fromHeader(String header, Instant now) {
    if (SECONDS.matcher(header).matches()) {
      return Duration.ofSeconds(Long.parseLong(header));
    }
    try {
      Instant then = ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Duration.between(now, then);
    } catch (DateTimeException _) {
      return null;
    }
  }

  private static @Nullable String text(ObjectNode details, String name) {
    JsonNode value = details.path(name);
    return value.isString() ? value.stringValue() : null;
  }
}
