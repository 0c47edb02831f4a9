package dev.sotto.homeserver.api.admin;

import dev.sotto.homeserver.accounts.RegistrationTokens;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.error.MatrixException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Making registration tokens, by which administrators invite people to the server. As only hashes
/// are kept, a token is shown when it is made and never again.
public final class RegistrationTokenEndpoints {
  private record TokenBody(
      @Nullable String token, @Nullable Long usesAllowed, @Nullable Long expiryTime) {
    @Override
    public String toString() {
      return "registration token";
    }
  }

  private record RegistrationToken(
      String token, @Nullable Long usesAllowed, @Nullable Long expiryTime) {
    @Override
    public String toString() {
      return "registration token";
    }
  }

  private final RegistrationTokens tokens;

  public RegistrationTokenEndpoints(RegistrationTokens tokens) {
    this.tokens = tokens;
  }

  public List<Route> routes() {
    String all = "/_synapse/admin/v1/registration_tokens";
    return List.of(
        Route.post(all + "/new", Access.ADMIN, this::createToken),
        Route.delete(all + "/{token}", Access.ADMIN, this::deleteToken));
  }

  private Object createToken(Request request) {
    TokenBody body = request.optionalBody(TokenBody.class);
    String token =
        tokens.make(
            body.token,
            body.usesAllowed,
            body.expiryTime == null ? null : Instant.ofEpochMilli(body.expiryTime));
    return new RegistrationToken(token, body.usesAllowed, body.expiryTime);
  }

  private Object deleteToken(Request request) {
    if (!tokens.delete(TokenHash.of(request.path("token")))) {
      throw MatrixException.notFound("There is no such registration token.");
    }
    return Map.of();
  }
}
