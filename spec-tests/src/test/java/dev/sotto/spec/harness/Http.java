package dev.sotto.spec.harness;

import io.restassured.RestAssured;
import io.restassured.builder.RequestSpecBuilder;
import io.restassured.config.EncoderConfig;
import io.restassured.config.HttpClientConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Raw requests to one server, with or without an access token.
public class Http {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final RestAssuredConfig CONFIG =
      RestAssuredConfig.config()
          .encoderConfig(
              EncoderConfig.encoderConfig()
                  .defaultContentCharset(StandardCharsets.UTF_8)
                  .appendDefaultContentCharsetToContentTypeIfUndefined(false))
          .httpClient(
              HttpClientConfig.httpClientConfig()
                  .setParam("http.connection.timeout", TIMEOUT_MILLIS)
                  .setParam("http.socket.timeout", TIMEOUT_MILLIS));

  private final Server server;
  private final @Nullable String token;

  Http(Server server, @Nullable String token) {
    this.server = server;
    this.token = token;
  }

  /// A path with its `{}` replaced by values, each percent-encoded.
  public static String path(String template, Object... values) {
    Deque<Object> rest = new ArrayDeque<>(Arrays.asList(values));
    StringBuilder path = new StringBuilder();
    int from = 0;
    for (int at = template.indexOf("{}"); at >= 0; at = template.indexOf("{}", from)) {
      path.append(template, from, at).append(encode(rest.removeFirst().toString()));
      from = at + 2;
    }
    if (!rest.isEmpty()) {
      throw new IllegalArgumentException("too many values for " + template);
    }
    return path.append(template.substring(from)).toString();
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  public Server server() {
    return server;
  }

  public Response get(String path) {
    return request().get(full(path));
  }

  public Response put(String path, Object body) {
    return request().contentType(ContentType.JSON).body(body).put(full(path));
  }

  public Response post(String path, Object body) {
    return request().contentType(ContentType.JSON).body(body).post(full(path));
  }

  public Response delete(String path) {
    return request().delete(full(path));
  }

  public Response delete(String path, Object body) {
    return request().contentType(ContentType.JSON).body(body).delete(full(path));
  }

  /// A request to fill in further, for example with other headers or bytes; its paths are full
  /// ones, or made full by [#full].
  public RequestSpecification request() {
    RequestSpecification request =
        RestAssured.given(
            new RequestSpecBuilder()
                .setBaseUri(server.url())
                .setConfig(CONFIG)
                .setUrlEncodingEnabled(false)
                .build());
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  /// `/v3/sync` is short for `/_matrix/client/v3/sync`; what starts with `/_` or `/.` is full.
  public static String full(String path) {
    return path.startsWith("/_") || path.startsWith("/.") ? path : "/_matrix/client" + path;
  }
}
