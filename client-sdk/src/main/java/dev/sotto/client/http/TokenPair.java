package dev.sotto.client.http;

import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.error.MatrixException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An access token, and where the server gave one the token that renews it.
public record TokenPair(SecretText access, @Nullable SecretText refresh) {
  private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,16384}");
  private static final String REMOVED = "(secret)";

  /// @throws MatrixException if a token cannot stand in a header; the message does not repeat it
  public TokenPair {
    check(access);
    if (refresh != null) {
      check(refresh);
    }
  }

  /// Reads the tokens of a login's or refreshing's answer.
  ///
  /// @param former the refresh token that stays in use where the answer has none
  /// @throws MatrixException if there is no access token or one is not usable
  public static TokenPair read(ObjectNode answer, @Nullable SecretText former) {
    JsonNode refresh = answer.path("refresh_token");
    return new TokenPair(
        secret(answer.path("access_token")), refresh.isMissingNode() ? former : secret(refresh));
  }

  private static SecretText secret(JsonNode token) {
    if (!token.isString()) {
      throw MatrixException.badJson("A token is missing or not a string.");
    }
    return SecretText.of(token.stringValue());
  }

  private static void check(SecretText token) {
    if (!VISIBLE.matcher(token.text()).matches()) {
      throw MatrixException.badJson("A token is empty, too long or not plain ASCII.");
    }
  }

  /// `text` without these tokens.
  String removeFrom(String text) {
    String clean = text.replace(access.text(), REMOVED);
    return refresh == null ? clean : clean.replace(refresh.text(), REMOVED);
  }
}
