package dev.sotto.client.encryption.verification;

import dev.sotto.client.verification.CancelCode;

/// What the other side did ends the verification.
final class Breach extends Exception {
  private final CancelCode code;

  Breach(CancelCode code) {
    super(code.sentence(), null, false, false);
    this.code = code;
  }

  CancelCode code() {
    return code;
  }
}
