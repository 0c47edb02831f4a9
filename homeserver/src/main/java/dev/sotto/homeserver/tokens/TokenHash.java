package dev.sotto.homeserver.tokens;

import dev.sotto.protocol.crypto.Sha256;
import dev.sotto.protocol.crypto.UnpaddedBase64;

/// The SHA-256 of a token, in URL-safe base64: what is stored and looked up in its place.
///
/// A plain hash will do, because tokens are random and not guessable; and because the lookup is by
/// hash, how long it takes tells nothing about the tokens that exist.
public record TokenHash(String value) {
  public static TokenHash of(String token) {
    return new TokenHash(UnpaddedBase64.encodeUrlSafe(Sha256.of(token)));
  }

  @Override
  public String toString() {
    return "(token hash)";
  }
}
