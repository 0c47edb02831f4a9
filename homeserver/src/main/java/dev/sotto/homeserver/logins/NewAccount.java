package dev.sotto.homeserver.logins;

import dev.sotto.homeserver.accounts.Account.Kind;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;

/// The account that somebody asks for.
///
/// @param password null for an account that has none
/// @param registrationToken the token to use for it, or null
public record NewAccount(
    UserId id,
    Kind kind,
    @Nullable String password,
    boolean administrator,
    @Nullable TokenHash registrationToken) {
  @Override
  public String toString() {
    return "new account " + id;
  }
}
