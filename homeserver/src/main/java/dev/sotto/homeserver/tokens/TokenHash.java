package dev.sotto.homeserver.tokens;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// The SHA-256 of a token, in URL-safe base64: what is stored and looked up in its place.
///
/// A plain hash will do, because tokens are random and not guessable; and because the lookup is by
/// hash, how long it takes tells nothing about the tokens that exist.
public record TokenHash(String value) {
  public static TokenHash of(String token) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return new TokenHash(Base64.getUrlEncoder().withoutPadding().encodeToString(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "(token hash)";
  }
}
