package dev.sotto.homeserver.http;

import org.jspecify.annotations.Nullable;

/// One operation of an API: where it is reached, by whom, and what answers it.
///
/// @param method the HTTP method
/// @param template the path, with `{name}` for a segment that varies
/// @param bodyLimit the largest request body, in bytes
/// @param rate the rate limit it counts against, or null
public record Route(
    String method,
    String template,
    Access access,
    long bodyLimit,
    @Nullable Rate rate,
    Handler handler) {
  /// What a JSON body may hold where a route says nothing else; an event has at most 64 KiB.
  public static final long DEFAULT_BODY_LIMIT = 256 * 1024;

  public Route(String method, String template, Access access, Handler handler) {
    this(method, template, access, DEFAULT_BODY_LIMIT, null, handler);
  }

  public static Route get(String template, Access access, Handler handler) {
    return new Route("GET", template, access, handler);
  }

  public static Route put(String template, Access access, Handler handler) {
    return new Route("PUT", template, access, handler);
  }

  public static Route post(String template, Access access, Handler handler) {
    return new Route("POST", template, access, handler);
  }

  public static Route delete(String template, Access access, Handler handler) {
    return new Route("DELETE", template, access, handler);
  }

  /// This route with another limit for the body, in bytes.
  public Route withBodyLimit(long bytes) {
    return new Route(method, template, access, bytes, rate, handler);
  }

  /// This route, counted against `rate`.
  public Route withRate(Rate limit) {
    return new Route(method, template, access, bodyLimit, limit, handler);
  }
}
