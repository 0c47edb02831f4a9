package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.appservices.Appservice;
import dev.sotto.homeserver.appservices.Appservices;
import dev.sotto.homeserver.http.Request;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.util.Optional;

/// What only application services may ask for, on routes that are open to everybody. These routes
/// look at no other token: clients send the one that has just expired when they log in again.
final class AppserviceCalls {
  private static final String BEARER = "Bearer ";

  private AppserviceCalls() {}

  /// The application service that calls.
  ///
  /// @throws MatrixException `M_MISSING_TOKEN` without a token, `M_FORBIDDEN` with another one
  static Appservice require(Request request, Appservices services) {
    return token(request)
        .map(
            token ->
                services
                    .byToken(token)
                    .orElseThrow(
                        () -> MatrixException.forbidden("Only application services may do this.")))
        .orElseThrow(
            () ->
                new MatrixException(
                    ErrorCode.M_MISSING_TOKEN, "The application service's token is needed here."));
  }

  private static Optional<String> token(Request request) {
    String header = request.header("Authorization");
    return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? Optional.of(header.substring(BEARER.length()).strip())
        : Optional.ofNullable(request.query("access_token"));
  }
}
