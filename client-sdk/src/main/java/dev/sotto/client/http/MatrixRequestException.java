package dev.sotto.client.http;

import java.time.Duration;
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
  private final transient @Nullable Refusal refusal;

  MatrixRequestException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.refusal = null;
  }

  MatrixRequestException(String message, Refusal refusal) {
    super(message);
    this.kind = Kind.REFUSED;
    this.refusal = refusal;
  }

  static MatrixRequestException interrupted(Object request) {
    Thread.currentThread().interrupt();
    return new MatrixRequestException(Kind.INTERRUPTED, request + ": interrupted", null);
  }

  public Kind kind() {
    return kind;
  }

  /// The HTTP status of a refusal, else 0.
  public int status() {
    return refusal == null ? 0 : refusal.status();
  }

  /// The Matrix error code, such as `M_FORBIDDEN`; null where none was sent.
  public @Nullable String errcode() {
    return refusal == null ? null : refusal.errcode();
  }

  /// How long the server asks to wait before the next try; null where it does not.
  public @Nullable Duration retryAfter() {
    return refusal == null ? null : refusal.retryAfter();
  }

  /// Whether the access token is not valid (any more): a new login is needed.
  public boolean isLoggedOut() {
    return "M_UNKNOWN_TOKEN".equals(errcode());
  }

  /// Whether the access token is not valid, but the device and its keys live on: a login with the
  /// same device id carries on with them.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#soft-logout
  public boolean isSoftLogout() {
    return isLoggedOut() && refusal != null && refusal.softLogout();
  }

  /// All that the server said with its refusal, for example the stages of user-interactive
  /// authentication; empty where it was no JSON object. It is as sent, and so not for a log.
  public ObjectNode details() {
    return refusal == null ? Refusal.nothing() : refusal.details().deepCopy();
  }

  @Nullable String location() {
    return refusal == null ? null : refusal.location();
  }
}
