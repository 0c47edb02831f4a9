package dev.sotto.homeserver.api.client;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;

/// E-mail addresses and telephone numbers, which accounts here cannot have: the server sends no
/// mail and trusts no identity server.
final class ThirdPartyIds {
  private ThirdPartyIds() {}

  static MatrixException unsupported() {
    return new MatrixException(
        ErrorCode.M_THREEPID_MEDIUM_NOT_SUPPORTED,
        "This server does not take e-mail addresses or telephone numbers.");
  }

  static MatrixException denied() {
    return new MatrixException(
        ErrorCode.M_THREEPID_DENIED,
        "This server does not take e-mail addresses or telephone numbers.");
  }
}
