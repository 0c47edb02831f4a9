package dev.sotto.client.http;

import dev.sotto.protocol.error.MatrixException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An access token, and where the server gave one the token that renews it.
public record TokenPair(Secret access, @Nullable Secret refresh) {
  private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,16384}");

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
  public static TokenPair read(ObjectNode answer, @Nullable Secret former) {
    JsonNode refresh = answer.path("refresh_token");
    return new TokenPair(
        secret(answer.path("access_token")), refresh.isMissingNode() ? former : secret(refresh));
  }

  private static Secret secret(JsonNode token) {
    if (!token.isString()) {
      throw MatrixException.badJson("A token is missing or not a string.");
    }
    return Secret.of(token.stringValue());
  }

  private static void check(Secret token) {
    if (!VISIBLE.matcher(token.reveal()).matches()) {
      throw MatrixException.badJson("A token is empty, too long or not plain ASCII.");
    }
  }

  /// `text` without these tokens.
  String removeFrom(String text) {
    String clean = text.replace(access.reveal(), access.toString());
    return refresh == null ? clean : clean.replace(refresh.reveal(), refresh.toString());
  }
}
