package dev.sotto.client.http;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.MatrixRequestException.Kind;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.io.OutputStream;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Sends requests to one homeserver: [#anonymous] for those without a session, [#with] for those of
/// one.
///
/// Every method blocks until the answer is there, and throws [MatrixRequestException] if none comes
/// that can be used, also when its thread is interrupted.
public final class Requests implements AutoCloseable {
  private static final String REFRESH = "/_matrix/client/v3/refresh";

  private final ServerAddress server;
  private final Wire wire;
  private final Attempts attempts;
  private final Attempts.@Nullable Access access;

  private Requests(
      ServerAddress server, Wire wire, Attempts attempts, Attempts.@Nullable Access access) {
    this.server = server;
    this.wire = wire;
    this.attempts = attempts;
    this.access = access;
  }

  /// Requests without an access token.
  public static Requests anonymous(ServerAddress server, HttpSettings settings) {
    Wire wire = new Wire(settings);
    return new Requests(server, wire, new Attempts(wire, settings, Reply::isSuccess), null);
  }

  /// Requests with these tokens, over the same connections; closing one closes both.
  public Requests with(Tokens tokens) {
    return new Requests(server, wire, attempts, new Attempts.Access(tokens, this::refresh));
  }

  /// The answer as a JSON object, without the single events and keys in it that are beyond the
  /// limits of [Json]; in lists a null stands in their place.
  public ObjectNode send(Request request) {
    Attempts.Access used = request.isAnonymous() ? null : access;
    Reply reply = attempts.make(server.at(request.pathAndQuery()), request, used, null);
    return understand(request, () -> Answer.read(reply.body()));
  }

  /// The answer as a record.
  public <T> T send(Request request, Class<T> type) {
    return send(request, tree -> Json.bind(tree, type));
  }

  /// What `reader` makes of the answer; a `MatrixException` of its says that the answer is wrong.
  public <T> T send(Request request, Function<ObjectNode, T> reader) {
    ObjectNode answer = send(request);
    return understand(request, () -> reader.apply(answer));
  }

  /// Streams the answer's bytes to `out`, no more than the request's limit. A failure may come
  /// after some have been written; only where none were, the request is sent again.
  ///
  /// @throws java.io.UncheckedIOException if `out` does not take them
  public Download download(Request request, OutputStream out) {
    Sink sink = new Sink(out);
    Attempts.Access used = request.isAnonymous() ? null : access;
    Reply reply = attempts.make(server.at(request.pathAndQuery()), request, used, sink);
    return new Download(sink.writtenBytes(), reply.header("Content-Type"));
  }

  /// What is known of a body that was streamed.
  ///
  /// @param contentType as the server says it, which is not to be trusted
  public record Download(long sizeBytes, @Nullable String contentType) {}

  /// The former refresh token stays valid until a new token is used, so this may be repeated.
  private TokenPair refresh(TokenPair stale) {
    SecretText former = stale.refresh();
    if (former == null) {
      throw new IllegalArgumentException("These tokens cannot be refreshed.");
    }
    ObjectNode body = Json.object().put("refresh_token", former.text());
    Request request = Request.post(REFRESH).json(body).anonymous().repeatable();
    return send(request, answer -> TokenPair.read(answer, former));
  }

  private static <T> T understand(Request request, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (MatrixException e) {
      String message = request + ": the answer is not as specified: " + e.getMessage();
      throw new MatrixRequestException(Kind.GARBLED, message, null);
    }
  }

  /// Drops the connections. The session stays: its tokens are valid for the next start.
  @Override
  public void close() {
    wire.close();
  }
}
