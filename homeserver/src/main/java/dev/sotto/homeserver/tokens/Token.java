package dev.sotto.homeserver.tokens;

import java.security.SecureRandom;
import java.util.Base64;

/// A new token as only its holder will know it: 256 random bits.
public final class Token {
  private static final int RANDOM_BYTES = 32;

  private final String text;

  private Token(String text) {
    this.text = text;
  }

  /// A fresh token. The prefix tells people, and scanners for leaked secrets, what it is.
  public static Token random(String prefix, SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return new Token(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /// The token itself, for the answer that hands it out.
  public String reveal() {
    return text;
  }

  public TokenHash hash() {
    return TokenHash.of(text);
  }

  @Override
  public String toString() {
    return "(token)";
  }
}
