package dev.sotto.client.error;

import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A request that did not succeed: the server refused it, or gave no usable answer.
///
/// Its message names the request without ids, and never holds a token or a password.
public final class MatrixRequestException extends RuntimeException {
  /// Why there is no answer to work with.
  public enum Kind {
    /// The server answered with an error; see [#status] and [#errcode].
    REFUSED,
    /// The server could not be reached, or the connection broke.
    UNREACHABLE,
    /// The answer did not come in time.
    TIMED_OUT,
    /// The server could not prove who it is.
    UNTRUSTED,
    /// The answer is not what the specification says.
    GARBLED,
    /// The answer is longer than what is read of it.
    TOO_LARGE,
    /// The thread was interrupted; its interrupt status is set again.
    INTERRUPTED
  }

  private final Kind kind;
  private final int status;
  private final String errcode;
  private final @Nullable Duration retryAfter;
  private final transient @Nullable ObjectNode details;

  /// No answer that can be used. The library throws these; a program makes one at most to test what
  /// it does then.
  public MatrixRequestException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.status = 0;
    this.errcode = "";
    this.retryAfter = null;
    this.details = null;
  }

  /// A refusal, made as the other.
  ///
  /// @param details all that the server has said
  public MatrixRequestException(
      String message,
      int status,
      String errcode,
      Optional<Duration> retryAfter,
      ObjectNode details) {
    super(message);
    this.kind = Kind.REFUSED;
    this.status = status;
    this.errcode = errcode;
    this.retryAfter = retryAfter.orElse(null);
    this.details = details;
  }

  /// Why there is no answer to work with.
  public Kind kind() {
    return kind;
  }

  /// The HTTP status of a refusal, else 0.
  public int status() {
    return status;
  }

  /// The Matrix error code, such as `M_FORBIDDEN`; the empty string where none was sent.
  public String errcode() {
    return errcode;
  }

  /// How long the server asks to wait before the next try, if it does.
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /// Whether the server says that what was asked for is not there.
  public boolean isNotFound() {
    return errcode.equals("M_NOT_FOUND");
  }

  /// Whether the access token is not valid (any more): a new login is needed.
  public boolean isLoggedOut() {
    return errcode.equals("M_UNKNOWN_TOKEN");
  }

  /// Whether the access token is not valid, but the device and its keys live on: a login with the
  /// same device id carries on with them.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#soft-logout
  public boolean isSoftLogout() {
    return isLoggedOut() && details().path("soft_logout").asBoolean(false);
  }

  /// All that the server said with its refusal, for example the stages of user-interactive
  /// authentication; empty where it was no JSON object. It is as sent, and so not for a log.
  public ObjectNode details() {
    return details == null ? Json.object() : details.deepCopy();
  }
}
