package dev.sotto.client.http;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.MatrixRequestException.Kind;
import dev.sotto.client.memory.SecretText;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// One try of a request: no repeating, no redirects, no cookies.
final class Wire implements AutoCloseable {
  private static final long ERROR_LIMIT_BYTES = 1L << 20;

  private final HttpClient client;
  private final String userAgent;
  private final Duration timeout;
  private volatile boolean closed;

  Wire(HttpSettings settings) {
    this.userAgent = settings.userAgent();
    this.timeout = settings.timeout();
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connectTimeout())
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /// Sends `request` to `uri` and reads the whole answer, errors included.
  ///
  /// @param token goes into the `Authorization` header
  /// @param sink takes the body of a success, which is then missing in the reply
  /// @throws MatrixRequestException if no answer came
  /// @throws IllegalStateException after [#close], or if that is why no answer came
  Reply send(URI uri, Request request, @Nullable SecretText token, @Nullable Sink sink) {
    requireOpen();
    HttpRequest.Builder sent = HttpRequest.newBuilder(uri).header("User-Agent", userAgent);
    if (uri.getScheme().equals("http")) {
      // Without TLS the client would ask to upgrade each first request, which some proxies reject.
      sent.version(HttpClient.Version.HTTP_1_1);
    }
    if (token != null) {
      sent.header("Authorization", "Bearer " + token.text());
    }
    switch (request.body()) {
      case Body.None _ -> {}
      case Body.Content content -> sent.header("Content-Type", content.contentType());
      case Body.File file -> sent.header("Content-Type", file.contentType());
    }
    sent.method(request.method().name(), request.body().publisher());
    BodyHandler<byte[]> reader = info -> reader(info, request, sink);
    return await(client.sendAsync(sent.build(), reader), request, sink);
  }

  private static BodySubscriber<byte[]> reader(
      ResponseInfo info, Request request, @Nullable Sink sink) {
    if (info.statusCode() / 100 != 2) {
      return new Capped(BodySubscribers.ofByteArray(), ERROR_LIMIT_BYTES);
    }
    BodySubscriber<byte[]> target =
        sink == null
            ? BodySubscribers.ofByteArray()
            : BodySubscribers.mapping(
                BodySubscribers.ofByteArrayConsumer(sink.begin()), _ -> new byte[0]);
    return new Capped(target, request.limitBytes());
  }

  /// Waits for the last byte: the client's own timeout ends with the headers, so that a body sent
  /// byte by byte would hold its reader for ever.
  private Reply await(
      CompletableFuture<HttpResponse<byte[]>> answer, Request request, @Nullable Sink sink) {
    try {
      HttpResponse<byte[]> response =
          answer.get(request.timeoutOr(timeout).toNanos(), TimeUnit.NANOSECONDS);
      return new Reply(response.statusCode(), response.headers(), response.body());
    } catch (InterruptedException _) {
      throw interrupted(request);
    } catch (TimeoutException e) {
      throw failure(Kind.TIMED_OUT, request, e);
    } catch (ExecutionException e) {
      requireOpen();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw failure(kind(cause), request, cause);
    } finally {
      if (sink != null) {
        sink.end();
      }
      answer.cancel(true);
    }
  }

  private static Kind kind(Throwable cause) {
    return switch (cause) {
      case Capped.ExceededException _ -> Kind.TOO_LARGE;
      case HttpTimeoutException _ -> Kind.TIMED_OUT;
      case SSLHandshakeException _ -> Kind.UNTRUSTED;
      default -> Kind.UNREACHABLE;
    };
  }

  /// What is thrown by a thread that was interrupted, whose status it sets again.
  static MatrixRequestException interrupted(Request request) {
    Thread.currentThread().interrupt();
    return new MatrixRequestException(Kind.INTERRUPTED, request + ": interrupted", null);
  }

  private static MatrixRequestException failure(Kind kind, Request request, Throwable cause) {
    String sentence =
        switch (kind) {
          case TIMED_OUT -> "no answer in time";
          case UNTRUSTED -> "the server could not prove who it is";
          case TOO_LARGE -> "the answer is too long";
          default -> "the server cannot be reached";
        };
    return new MatrixRequestException(kind, request + ": " + sentence, cause);
  }

  /// Else what fails because of the closing would be tried again.
  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("These requests have been closed.");
    }
  }

  /// Drops all connections; requests on their way fail.
  @Override
  public void close() {
    closed = true;
    client.shutdownNow();
  }
}
