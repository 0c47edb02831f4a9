package dev.sotto.homeserver.http;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A request as the web server gives it, with the body held to a limit.
final class HelidonExchange implements Request.Source {
  private static final Logger log = LoggerFactory.getLogger(HelidonExchange.class);
  private static final String NOT_WHOLE =
      "The body did not come whole, or in a form that is not HTTP.";
  private static final long MAX_DRAINED_BYTES = 128 * 1024 * 1024;
  private static final Duration MAX_DRAIN_TIME = Duration.ofSeconds(10);

  private final ServerRequest request;
  private final Proxies proxies;
  private long limit = Route.DEFAULT_BODY_LIMIT;
  private boolean consumed;
  private boolean broken;
  private @Nullable InputStream raw;

  HelidonExchange(ServerRequest request, Proxies proxies) {
    this.request = request;
    this.proxies = proxies;
    this.consumed = !request.content().hasEntity();
  }

  /// Sets the largest body in bytes; a longer declared one is refused at once.
  void limit(long bytes) {
    limit = bytes;
    if (bodyLength() > bytes) {
      throw tooLarge();
    }
  }

  /// Whether the connection holds nothing more of this request.
  boolean bodyConsumed() {
    return consumed;
  }

  /// The body as the web server gives it, which it does once.
  private InputStream raw() {
    InputStream known = raw;
    if (known == null) {
      known = request.content().inputStream();
      raw = known;
    }
    return known;
  }

  /// Throws away what is left of the body, so that a client that sends all of it before it reads
  /// gets to see the answer. Gives up on a body that is too long or comes in too slowly.
  void drain() {
    if (consumed || broken || header("Expect").isPresent() || bodyLength() > MAX_DRAINED_BYTES) {
      return;
    }
    long deadline = System.nanoTime() + MAX_DRAIN_TIME.toNanos();
    byte[] buffer = new byte[64 * 1024];
    long left = MAX_DRAINED_BYTES;
    try {
      InputStream in = raw();
      while (left > 0 && System.nanoTime() < deadline) {
        int n = in.read(buffer);
        if (n < 0) {
          consumed = true;
          return;
        }
        left -= n;
      }
    } catch (IOException | RuntimeException e) {
      // The client is gone, or sends what is no body; the connection will be closed.
      broken = true;
      log.debug("the rest of a body did not come", e);
    }
  }

  @Override
  public Optional<String> header(String name) {
    return request.headers().first(HeaderNames.create(name));
  }

  @Override
  public long bodyLength() {
    return request.headers().contentLength().orElse(-1);
  }

  @Override
  public String address() {
    return proxies.client(request.remotePeer().host(), header("X-Forwarded-For"));
  }

  @Override
  public byte[] bodyBytes() {
    if (consumed) {
      return new byte[0];
    }
    try {
      return body().readAllBytes();
    } catch (IOException e) {
      throw new MatrixException(ErrorCode.M_NOT_JSON, NOT_WHOLE);
    }
  }

  @Override
  public InputStream body() {
    return consumed ? InputStream.nullInputStream() : new Limited();
  }

  private MatrixException tooLarge() {
    return new MatrixException(
        ErrorCode.M_TOO_LARGE, "This body is too large; at most " + limit + " bytes are taken.");
  }

  private final class Limited extends InputStream {
    private long read;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int n = readRaw(into, offset, length);
      if (n < 0) {
        consumed = true;
        return n;
      }
      read += n;
      if (read > limit) {
        throw tooLarge();
      }
      return n;
    }

    /// A body that breaks off or is wrongly framed shows itself by exceptions of many kinds, and
    /// all of them are the client's fault.
    private int readRaw(byte[] into, int offset, int length) throws IOException {
      if (broken) {
        throw new IOException(NOT_WHOLE);
      }
      try {
        return raw().read(into, offset, length);
      } catch (IOException | RuntimeException e) {
        broken = true;
        log.debug("a body did not come whole", e);
        throw new IOException(NOT_WHOLE, e);
      }
    }
  }
}
