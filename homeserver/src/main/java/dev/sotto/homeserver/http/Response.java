package dev.sotto.homeserver.http;

import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/// A whole HTTP answer.
///
/// @param headers beside those that every answer has
public record Response(int status, Map<String, String> headers, Body body) {

  /// What an answer carries.
  public sealed interface Body {}

  /// A record, map, tree or [JsonBody], sent as `application/json`.
  public record Json(Object value) implements Body {}

  /// Bytes of another type.
  public record Bytes(String contentType, byte[] bytes) implements Body {}

  /// A stream, closed when it is sent.
  ///
  /// @param length how many bytes it has, or -1 if that is not known yet
  public record Stream(String contentType, long length, InputStream bytes) implements Body {}

  /// Nothing.
  public record Empty() implements Body {}

  public static Response json(int status, Object value) {
    return new Response(status, Map.of(), new Json(value));
  }

  public static Response ok(Object value) {
    return json(200, value);
  }

  public static Response redirect(String location) {
    return new Response(302, Map.of("Location", location), new Empty());
  }

  /// This answer with one more header.
  public Response withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Response(status, Map.copyOf(more), body);
  }
}
