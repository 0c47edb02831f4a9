package dev.sotto.homeserver.http;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// One request on its route.
public final class Request {
  /// What the web server gives of a request.
  public interface Source {
    Optional<String> header(String name);

    /// The body as it comes in; reading past the route's limit fails with `M_TOO_LARGE`.
    InputStream body();

    /// The declared length of the body in bytes, or -1.
    long bodyLength();

    String address();

    /// The whole body within the route's limit.
    byte[] bodyBytes();
  }

  private final Source source;
  private final Map<String, String> path;
  private final Map<String, List<String>> query;
  private final @Nullable Caller caller;

  Request(
      Source source,
      Map<String, String> path,
      Map<String, List<String>> query,
      @Nullable Caller caller) {
    this.source = source;
    this.path = path;
    this.query = query;
    this.caller = caller;
  }

  /// Who asks; only for routes that need a token.
  public Caller caller() {
    if (caller == null) {
      throw new IllegalStateException("a public route has no caller");
    }
    return caller;
  }

  /// Who asks, or null on a public route or where an optional token was left out.
  public @Nullable Caller optionalCaller() {
    return caller;
  }

  /// Shorthand for the caller's user.
  public UserId user() {
    return caller().user();
  }

  /// A segment of the path, decoded.
  public String path(String name) {
    String value = path.get(name);
    if (value == null) {
      throw new IllegalStateException("the route has no {" + name + "}");
    }
    return value;
  }

  /// The path's `{roomId}`.
  public RoomId roomId() {
    return new RoomId(path("roomId"));
  }

  /// The path's `{eventId}`.
  public EventId eventId() {
    return new EventId(path("eventId"));
  }

  /// The path's `{userId}`.
  public UserId userId() {
    return new UserId(path("userId"));
  }

  /// The first value of a query parameter, or null.
  public @Nullable String query(String name) {
    List<String> values = query.get(name);
    return values == null ? null : values.getFirst();
  }

  /// Every value of a repeated query parameter.
  public List<String> queryAll(String name) {
    return query.getOrDefault(name, List.of());
  }

  /// A query parameter that must be there, else `M_MISSING_PARAM`.
  public String requireQuery(String name) {
    String value = query(name);
    if (value == null) {
      throw new MatrixException(
          ErrorCode.M_MISSING_PARAM, "The query parameter '" + name + "' is missing.");
    }
    return value;
  }

  /// A query parameter `true` or `false`; `otherwise` if absent, `M_INVALID_PARAM` if else.
  public boolean queryFlag(String name, boolean otherwise) {
    String value = query(name);
    return switch (value == null ? "" : value.toLowerCase(Locale.ROOT)) {
      case "" -> otherwise;
      case "true" -> true;
      case "false" -> false;
      default -> throw MatrixException.invalidParam("'" + name + "' must be true or false.");
    };
  }

  /// A query parameter that is a whole number, not negative; `M_INVALID_PARAM` if it is none.
  public long queryNumber(String name, long otherwise) {
    String value = query(name);
    if (value == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(value);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below, like a negative one
    }
    throw MatrixException.invalidParam("'" + name + "' must be a whole number, not negative.");
  }

  public @Nullable String header(String name) {
    return source.header(name).orElse(null);
  }

  /// The sender's IP address.
  public String address() {
    return source.address();
  }

  /// The body bound to a record; see [Json#bind].
  public <T> T body(Class<T> type) {
    return Json.bind(bodyObject(), type);
  }

  /// The body bound to a record, where an absent body counts as `{}`.
  public <T> T optionalBody(Class<T> type) {
    return Json.bind(optionalBodyObject(), type);
  }

  /// The body as a JSON object; `M_NOT_JSON` or `M_BAD_JSON` if it is none.
  public ObjectNode bodyObject() {
    return Json.parseObject(source.bodyBytes());
  }

  /// The body as a JSON object, where an absent body counts as `{}`.
  public ObjectNode optionalBodyObject() {
    byte[] bytes = source.bodyBytes();
    return bytes.length == 0 ? Json.object() : Json.parseObject(bytes);
  }

  /// The body unparsed, for uploads.
  public InputStream bodyStream() {
    return source.body();
  }

  /// The declared length of the body in bytes, or -1 if it was not declared.
  public long bodyLength() {
    return source.bodyLength();
  }
}
