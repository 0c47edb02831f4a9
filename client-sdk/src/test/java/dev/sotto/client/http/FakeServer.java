package dev.sotto.client.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// An HTTP server that gives the answers it was told to give, in their order and then always the
/// same, and remembers what it was asked.
public final class FakeServer implements AutoCloseable {
  /// A request as it arrived; the path with its query, nothing decoded.
  public record Seen(String method, String path, Headers headers, String body) {
    public @Nullable String header(String name) {
      return headers.getFirst(name);
    }
  }

  private final HttpServer server;
  private final ConcurrentLinkedQueue<HttpHandler> script = new ConcurrentLinkedQueue<>();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile HttpHandler otherwise = json(418, "{\"errcode\":\"M_NOT_SCRIPTED\"}", Map.of());

  public FakeServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Headers headers = new Headers();
    headers.putAll(exchange.getRequestHeaders());
    seen.add(
        new Seen(exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body));
    HttpHandler next = script.poll();
    (next == null ? otherwise : next).handle(exchange);
  }

  /// The next answer: this status and JSON.
  public FakeServer answer(int status, String json) {
    return answer(status, json, Map.of());
  }

  public FakeServer answer(int status, String json, Map<String, String> headers) {
    return answer(json(status, json, headers));
  }

  /// The next answer is whatever this handler does.
  public FakeServer answer(HttpHandler handler) {
    script.add(handler);
    return this;
  }

  /// The next `times` answers.
  public FakeServer answers(int times, HttpHandler handler) {
    for (int i = 0; i < times; i++) {
      script.add(handler);
    }
    return this;
  }

  /// Every answer that follows those before, instead of an error.
  public FakeServer otherwise(HttpHandler handler) {
    otherwise = handler;
    return this;
  }

  /// Starts an answer and breaks off in the middle.
  public FakeServer breakOff() {
    return answer(
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          exchange.close();
        });
  }

  /// Sends the start of an answer, and nothing more until the test ends.
  public FakeServer stall(CountDownLatch arrived) {
    return answer(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          arrived.countDown();
          awaitClosing();
        });
  }

  /// Sends blanks for as long as they are taken.
  public FakeServer answerEndlessly(int status) {
    return answer(
        exchange -> {
          exchange.sendResponseHeaders(status, 0);
          byte[] blanks = " ".repeat(1 << 14).getBytes(StandardCharsets.UTF_8);
          while (closing.getCount() > 0) {
            exchange.getResponseBody().write(blanks);
          }
        });
  }

  public static HttpHandler json(int status, String json, Map<String, String> headers) {
    return exchange -> {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      headers.forEach(exchange.getResponseHeaders()::add);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    };
  }

  private void awaitClosing() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public List<Seen> seen() {
    return List.copyOf(seen);
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public ServerAddress address() {
    return ServerAddress.of(url());
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
  }
}
