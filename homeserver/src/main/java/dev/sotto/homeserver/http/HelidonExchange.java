package dev.sotto.homeserver.http;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/// A request as the web server gives it, with the body held to a limit.
final class HelidonExchange implements Request.Source {
  private final ServerRequest request;
  private long limit = Route.DEFAULT_BODY_LIMIT;
  private boolean consumed;

  HelidonExchange(ServerRequest request) {
    this.request = request;
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
    return request.remotePeer().host();
  }

  @Override
  public byte[] bodyBytes() {
    if (consumed) {
      return new byte[0];
    }
    try (InputStream in = body()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public InputStream body() {
    return consumed ? InputStream.nullInputStream() : new Limited(request.content().inputStream());
  }

  private MatrixException tooLarge() {
    return new MatrixException(
        ErrorCode.M_TOO_LARGE, "This body is too large; at most " + limit + " bytes are taken.");
  }

  private final class Limited extends InputStream {
    private final InputStream in;
    private long read;

    Limited(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int n = in.read(into, offset, length);
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
  }
}
