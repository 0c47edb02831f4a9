package dev.sotto.client.http;

import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One request to a homeserver, as a value: each method that changes something gives a new one.
///
/// Paths are templates, whose `{}` are filled with encoded segments:
/// `Request.get("/_matrix/client/v3/rooms/{}/state", room.value())`.
public final class Request {
  /// How many bytes of a JSON answer are read unless the request says otherwise.
  public static final long DEFAULT_LIMIT_BYTES = 16L << 20;

  private static final String JSON = "application/json";

  enum Method {
    GET,
    PUT,
    POST,
    DELETE
  }

  /// When a request may be sent again.
  enum Repeat {
    NEVER,
    /// Only where the server has refused it for its rate, and so has done nothing.
    IF_RATE_LIMITED,
    ALWAYS
  }

  /// How a request is treated, apart from what is sent.
  private record Treatment(
      Repeat repeat, boolean anonymous, long limitBytes, @Nullable Duration timeout) {}

  private final Method method;
  private final String template;
  private final String path;
  private final String query;
  private final Body body;
  private final Treatment treatment;

  private Request(
      Method method, String template, String path, String query, Body body, Treatment treatment) {
    this.method = method;
    this.template = template;
    this.path = path;
    this.query = query;
    this.body = body;
    this.treatment = treatment;
  }

  /// Reads; may be repeated.
  public static Request get(String template, String... segments) {
    return of(Method.GET, template, segments);
  }

  /// Writes; may be repeated only where [#repeatable] says so.
  public static Request put(String template, String... segments) {
    return of(Method.PUT, template, segments);
  }

  /// Acts; with an empty JSON object as body unless it is given another.
  public static Request post(String template, String... segments) {
    return of(Method.POST, template, segments).json(Json.object());
  }

  /// Removes.
  public static Request delete(String template, String... segments) {
    return of(Method.DELETE, template, segments);
  }

  private static Request of(Method method, String template, String... segments) {
    Repeat repeat = method == Method.GET ? Repeat.ALWAYS : Repeat.IF_RATE_LIMITED;
    Treatment treatment = new Treatment(repeat, false, DEFAULT_LIMIT_BYTES, null);
    return new Request(
        method, template, Segments.fill(template, segments), "", new Body.None(), treatment);
  }

  /// Adds a parameter to the query. Secrets do not belong here: servers log it.
  public Request query(String name, String value) {
    String pair = Segments.encode(name) + "=" + Segments.encode(value);
    String longer = query.isEmpty() ? "?" + pair : query + "&" + pair;
    return new Request(method, template, path, longer, body, treatment);
  }

  /// With a record or JSON tree as body.
  public Request json(Object value) {
    return body(new Body.Content(Json.bytes(value), JSON));
  }

  /// With any bytes as body, for example an upload's.
  public Request bytes(byte[] content, String contentType) {
    return body(new Body.Content(content.clone(), contentType));
  }

  /// With a file's content as body.
  public Request file(Path file, String contentType) {
    return body(new Body.File(file, contentType));
  }

  private Request body(Body other) {
    return new Request(method, template, path, query, other, treatment);
  }

  /// Says that the server does the work once even if this arrives twice: the path holds a
  /// transaction id, or the second arrival replaces a value by itself.
  public Request repeatable() {
    return repeat(Repeat.ALWAYS);
  }

  /// Is never sent again, whatever comes of it: its sender sees to that.
  public Request once() {
    return repeat(Repeat.NEVER);
  }

  private Request repeat(Repeat repeat) {
    return with(
        new Treatment(repeat, treatment.anonymous, treatment.limitBytes, treatment.timeout));
  }

  /// Sends no access token, even where there is one.
  public Request anonymous() {
    return with(new Treatment(treatment.repeat, true, treatment.limitBytes, treatment.timeout));
  }

  /// Reads at most so many bytes of the answer.
  public Request limit(long bytes) {
    return with(new Treatment(treatment.repeat, treatment.anonymous, bytes, treatment.timeout));
  }

  /// How long one try may take, from the connection to the last byte of the answer.
  public Request timeout(Duration timeout) {
    return with(
        new Treatment(treatment.repeat, treatment.anonymous, treatment.limitBytes, timeout));
  }

  private Request with(Treatment other) {
    return new Request(method, template, path, query, body, other);
  }

  Method method() {
    return method;
  }

  String pathAndQuery() {
    return path + query;
  }

  Body body() {
    return body;
  }

  Repeat repeat() {
    return treatment.repeat;
  }

  boolean isAnonymous() {
    return treatment.anonymous;
  }

  long limitBytes() {
    return treatment.limitBytes;
  }

  Duration timeoutOr(Duration usual) {
    return treatment.timeout == null ? usual : treatment.timeout;
  }

  /// The method and the template: neither ids nor the query nor the body.
  @Override
  public String toString() {
    return method + " " + template;
  }

  /// Fills templates and encodes what goes into an address.
  private static final class Segments {
    private static final String HEX = "0123456789ABCDEF";

    static String fill(String template, String... segments) {
      StringBuilder filled = new StringBuilder();
      int from = 0;
      for (String segment : segments) {
        int hole = template.indexOf("{}", from);
        if (hole < 0) {
          throw new IllegalArgumentException("More segments than places in " + template);
        }
        if (segment.equals(".") || segment.equals("..")) {
          // Even when encoded, these are resolved by some servers: another resource would answer.
          throw new IllegalArgumentException("A path cannot hold '" + segment + "'.");
        }
        filled.append(template, from, hole).append(encode(segment));
        from = hole + 2;
      }
      if (template.indexOf("{}", from) >= 0) {
        throw new IllegalArgumentException("Fewer segments than places in " + template);
      }
      return filled.append(template, from, template.length()).toString();
    }

    /// Percent-encodes all but unreserved characters.
    static String encode(String text) {
      StringBuilder encoded = new StringBuilder(text.length() + 16);
      for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
        char c = (char) (b & 0xFF);
        if (isUnreserved(c)) {
          encoded.append(c);
        } else {
          encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
        }
      }
      return encoded.toString();
    }

    private static boolean isUnreserved(char c) {
      return (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || "-._~".indexOf(c) >= 0;
    }
  }
}
