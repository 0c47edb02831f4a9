package dev.sotto.homeserver.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.time.Duration;

/// The web server: hands every request to the [Dispatcher] and sends what it answers.
public final class HttpServer implements AutoCloseable {
  // A filter may come inline in the query of /sync.
  private static final int MAX_PROLOGUE_BYTES = 32 * 1024;
  private static final int MAX_HEADERS_BYTES = 32 * 1024;
  private static final int BACKLOG = 4096;

  private final WebServer server;

  /// Starts to listen; port 0 takes a free one.
  public HttpServer(String host, int port, Proxies proxies, Dispatcher dispatcher) {
    server =
        WebServer.builder()
            .host(host)
            .port(port)
            .backlog(BACKLOG)
            .shutdownGracePeriod(Duration.ofSeconds(2))
            .shutdownHook(false)
            .addConnectionSelector(
                Http1ConnectionSelector.builder()
                    .config(
                        Http1Config.builder()
                            .maxPrologueLength(MAX_PROLOGUE_BYTES)
                            .maxHeadersSize(MAX_HEADERS_BYTES)
                            .validatePath(false)
                            .build())
                    .build())
            .routing(routing -> routing.any((req, res) -> answer(dispatcher, proxies, req, res)))
            .build()
            .start();
    if (!server.isRunning()) {
      // Helidon logs why a listener could not start, and goes on without it.
      throw new UncheckedIOException(new BindException("cannot listen on " + host + ":" + port));
    }
  }

  /// The port that it listens on.
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
  }

  private static void answer(
      Dispatcher dispatcher, Proxies proxies, ServerRequest req, ServerResponse res) {
    HelidonExchange exchange = new HelidonExchange(req, proxies);
    Dispatcher.Answer answer =
        dispatcher.dispatch(
            req.prologue().method().text(), req.path().rawPath(), req.query().rawValue(), exchange);
    exchange.drain();
    res.status(Status.create(answer.status()));
    answer.headers().forEach((name, value) -> res.header(HeaderNames.create(name), value));
    // What was not read must not be taken for the next request on this connection.
    boolean last =
        !exchange.bodyConsumed()
            || exchange.header("Connection").filter("close"::equalsIgnoreCase).isPresent();
    if (last) {
      res.header(HeaderValues.CONNECTION_CLOSE);
    }
    send(answer, res);
    if (last) {
      // Helidon sends that header and yet waits for another request, for minutes.
      throw new CloseConnectionException("the last answer on this connection");
    }
  }

  private static void send(Dispatcher.Answer answer, ServerResponse res) {
    InputStream stream = answer.stream();
    if (stream == null) {
      res.send(answer.bytes());
      return;
    }
    try (stream;
        OutputStream out = res.outputStream()) {
      stream.transferTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
