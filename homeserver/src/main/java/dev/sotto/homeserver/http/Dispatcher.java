package dev.sotto.homeserver.http;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.node.ObjectNode;

/// Takes a request from its route to its answer: caller proven, rate and body limited, errors put
/// into the spec's form.
public final class Dispatcher {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final byte[] NOTHING = {};
  private static final int MAX_QUERY_PARAMETERS = 200;

  /// What every answer says to browsers.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#web-browser-clients
  private static final Map<String, String> CORS =
      Map.of(
          "Access-Control-Allow-Origin", "*",
          "Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS",
          "Access-Control-Allow-Headers", "X-Requested-With, Content-Type, Authorization, Date");

  private final Router router;
  private final Authenticator authenticator;
  private final RateLimits rates;
  private final AtomicLong failures = new AtomicLong();

  public Dispatcher(Router router, Authenticator authenticator, RateLimits rates) {
    this.router = router;
    this.authenticator = authenticator;
    this.rates = rates;
  }

  /// An answer ready to send: `bytes`, or where it is not null, `stream`.
  record Answer(
      int status, Map<String, String> headers, byte[] bytes, @Nullable InputStream stream) {
    /// This answer for one who asks only for its headers.
    Answer withoutBody() {
      Map<String, String> described = new LinkedHashMap<>(headers);
      if (stream == null) {
        described.put("Content-Length", Integer.toString(bytes.length));
      } else {
        close(stream);
      }
      return new Answer(status, described, NOTHING, null);
    }
  }

  private static void close(InputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Answer dispatch(String method, String rawPath, String rawQuery, HelidonExchange exchange) {
    if (method.equals("OPTIONS")) {
      return new Answer(204, CORS, NOTHING, null);
    }
    if (method.equals("HEAD")) {
      return dispatch("GET", rawPath, rawQuery, exchange).withoutBody();
    }
    try {
      return answer(call(method, rawPath, rawQuery, exchange));
    } catch (MatrixException e) {
      return answer(error(e));
    } catch (Exception | StackOverflowError e) {
      long id = failures.incrementAndGet();
      // The path may name rooms and users, the query may hold a token: neither is logged.
      log.error("failure {} while answering a {} request", id, method, e);
      return answer(
          error(
              new MatrixException(
                  ErrorCode.M_UNKNOWN, 500, "The server failed; its log has this as " + id + ".")));
    }
  }

  private Object call(String method, String rawPath, String rawQuery, HelidonExchange exchange)
      throws Exception {
    Router.Found found = router.find(method, rawPath);
    if (found == null) {
      throw new MatrixException(ErrorCode.M_UNRECOGNIZED, "This server has no such endpoint.");
    }
    Route route = found.route();
    if (route == null) {
      String refusal = "This endpoint does not know the method " + method + ".";
      return error(new MatrixException(ErrorCode.M_UNRECOGNIZED, 405, refusal))
          .withHeader("Allow", String.join(", ", found.methods()));
    }
    exchange.limit(route.bodyLimit());
    Map<String, List<String>> query = parseQuery(rawQuery);
    Caller caller = caller(route.access(), query, exchange);
    if (route.rate() != null) {
      if (caller == null) {
        rates.takeFrom(route.rate(), exchange.address());
      } else {
        rates.take(route.rate(), caller);
      }
    }
    return route.handler().handle(new Request(exchange, found.path(), query, caller));
  }

  private @Nullable Caller caller(
      Access access, Map<String, List<String>> query, HelidonExchange exchange) {
    if (access == Access.PUBLIC) {
      return null;
    }
    String token = token(query, exchange);
    if (token == null) {
      if (access == Access.OPTIONAL) {
        return null;
      }
      throw new MatrixException(ErrorCode.M_MISSING_TOKEN, "An access token is needed here.");
    }
    List<String> asserted = query.get("user_id");
    List<String> device =
        query.getOrDefault("device_id", query.get("org.matrix.msc3202.device_id"));
    Caller caller =
        authenticator.authenticate(
            new Authenticator.Credentials(
                token,
                asserted == null ? null : new UserId(asserted.getFirst()),
                device == null ? null : new DeviceId(device.getFirst()),
                exchange.address(),
                exchange.header("User-Agent").orElse("")));
    permit(access, caller);
    return caller;
  }

  private static void permit(Access access, Caller caller) {
    if (access == Access.USER && caller.guest()) {
      throw new MatrixException(
          ErrorCode.M_GUEST_ACCESS_FORBIDDEN, "Guests may not do this; register an account.");
    }
    if (access == Access.ADMIN && !caller.admin()) {
      throw MatrixException.forbidden("Only administrators of this server may do this.");
    }
    if (access == Access.APPSERVICE && caller.appservice() == null) {
      throw MatrixException.forbidden("Only application services may do this.");
    }
  }

  private static @Nullable String token(Map<String, List<String>> query, HelidonExchange exchange) {
    String header = exchange.header("Authorization").orElse("");
    if (header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return header.substring(7).strip();
    }
    List<String> values = query.get("access_token");
    return values == null ? null : values.getFirst();
  }

  private static Map<String, List<String>> parseQuery(String rawQuery) {
    Map<String, List<String>> query = new HashMap<>();
    int count = 0;
    for (String pair : rawQuery.isEmpty() ? new String[0] : rawQuery.split("&")) {
      if (++count > MAX_QUERY_PARAMETERS) {
        throw MatrixException.invalidParam("There are too many query parameters.");
      }
      int equals = pair.indexOf('=');
      String name = Percent.decode(equals < 0 ? pair : pair.substring(0, equals), true);
      String value = equals < 0 ? "" : Percent.decode(pair.substring(equals + 1), true);
      query.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
    }
    return query;
  }

  private static Response error(MatrixException e) {
    ObjectNode body = Json.object();
    body.put("errcode", e.code().name());
    body.put("error", e.getMessage());
    e.fields().forEach((name, value) -> body.set(name, Json.mapper().valueToTree(value)));
    Response response = Response.json(e.status(), body);
    if (e.fields().get("retry_after_ms") instanceof Long millis) {
      return response.withHeader("Retry-After", Long.toString((millis + 999) / 1000));
    }
    return response;
  }

  private static Answer answer(Object answer) {
    Response response = answer instanceof Response given ? given : Response.ok(answer);
    Map<String, String> headers = new LinkedHashMap<>(CORS);
    headers.putAll(response.headers());
    return switch (response.body()) {
      case Response.Json(Object value) -> {
        headers.put("Content-Type", "application/json");
        yield new Answer(response.status(), headers, json(value), null);
      }
      case Response.Bytes(String contentType, byte[] bytes) -> {
        headers.put("Content-Type", contentType);
        yield new Answer(response.status(), headers, bytes, null);
      }
      case Response.Stream(String contentType, long length, InputStream bytes) -> {
        headers.put("Content-Type", contentType);
        if (length >= 0) {
          headers.put("Content-Length", Long.toString(length));
        }
        yield new Answer(response.status(), headers, NOTHING, bytes);
      }
      case Response.Empty() -> new Answer(response.status(), headers, NOTHING, null);
    };
  }

  private static byte[] json(Object value) {
    if (!(value instanceof JsonBody body)) {
      return Json.bytes(value);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    try (JsonGenerator generator = Json.mapper().createGenerator(out)) {
      body.write(generator);
    }
    return out.toByteArray();
  }
}
