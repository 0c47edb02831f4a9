package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Request;
import dev.sotto.protocol.error.MatrixException;

/// For paths that name a user who must be the caller.
final class OwnUser {
  private OwnUser() {}

  /// Refuses with `M_FORBIDDEN` and `message` unless the path's `{userId}` is the caller.
  static void require(Request request, String message) {
    if (!request.user().value().equals(request.path("userId"))) {
      throw MatrixException.forbidden(message);
    }
  }
}
