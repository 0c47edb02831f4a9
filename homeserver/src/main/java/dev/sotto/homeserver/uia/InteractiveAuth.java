package dev.sotto.homeserver.uia;

import dev.sotto.homeserver.accounts.Account;
import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.accounts.RegistrationTokens;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.homeserver.uia.Outcome.Proven;
import dev.sotto.homeserver.uia.Outcome.Refusal;
import dev.sotto.homeserver.uia.Outcome.Required;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Judges what clients show in user-interactive authentication.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
public final class InteractiveAuth {
  private final Accounts accounts;
  private final RegistrationTokens registrationTokens;
  private final InstantSource clock;
  private final SessionSeal seal;

  public InteractiveAuth(
      Accounts accounts,
      RegistrationTokens registrationTokens,
      SecureRandom random,
      InstantSource clock) {
    this.accounts = accounts;
    this.registrationTokens = registrationTokens;
    this.clock = clock;
    this.seal = new SessionSeal(random);
  }

  /// Judges an attempt, or asks for one if it is null.
  ///
  /// @param offered the stages of which one is enough
  /// @throws MatrixException `M_FORBIDDEN` if its session was opened for another operation or user
  public Outcome judge(Operation operation, Set<Stage> offered, @Nullable Attempt attempt) {
    if (attempt == null) {
      return required(operation, null);
    }
    if (attempt.session() != null) {
      switch (seal.read(attempt.session(), operation, clock.instant())) {
        case GOOD -> {}
        case OTHER_OPERATION ->
            throw MatrixException.forbidden("This session was opened for another operation.");
        case UNKNOWN_OR_OVER -> {
          return required(
              operation, refusal(ErrorCode.M_UNKNOWN, "This session is not known, or over."));
        }
      }
    }
    if (attempt.type() == null) {
      return required(operation, null, attempt.session());
    }
    Optional<Stage> stage = Stage.of(attempt.type()).filter(offered::contains);
    if (stage.isEmpty()) {
      return required(
          operation,
          refusal(ErrorCode.M_UNRECOGNIZED, "This is not one of the ways to authenticate here."),
          attempt.session());
    }
    return switch (stage.get()) {
      case DUMMY -> new Proven(operation.user(), null);
      case PASSWORD -> byPassword(operation, attempt);
      case REGISTRATION_TOKEN -> byRegistrationToken(operation, attempt);
    };
  }

  private Outcome byPassword(Operation operation, Attempt attempt) {
    UserId owner = operation.user();
    UserId user = attempt.user() == null ? owner : attempt.user();
    String password = attempt.password();
    if (user == null || password == null) {
      return required(
          operation,
          refusal(ErrorCode.M_MISSING_PARAM, "Name the user and give the password."),
          attempt.session());
    }
    Optional<Account> account =
        owner == null || owner.equals(user) ? accounts.prove(user, password) : Optional.empty();
    return account.isPresent()
        ? new Proven(account.get().id(), null)
        : required(
            operation,
            refusal(ErrorCode.M_FORBIDDEN, "Wrong user name or password."),
            attempt.session());
  }

  private Outcome byRegistrationToken(Operation operation, Attempt attempt) {
    String token = attempt.token();
    if (token == null) {
      return required(
          operation,
          refusal(ErrorCode.M_MISSING_PARAM, "Give the registration token."),
          attempt.session());
    }
    TokenHash hash = TokenHash.of(token);
    return registrationTokens.valid(hash)
        ? new Proven(operation.user(), hash)
        : required(
            operation,
            refusal(ErrorCode.M_UNAUTHORIZED, "This registration token is not good."),
            attempt.session());
  }

  private static Refusal refusal(ErrorCode code, String message) {
    return new Refusal(code, message);
  }

  private Required required(Operation operation, @Nullable Refusal refusal) {
    return required(operation, refusal, null);
  }

  private Required required(
      Operation operation, @Nullable Refusal refusal, @Nullable String session) {
    return new Required(session == null ? seal.open(operation, clock.instant()) : session, refusal);
  }
}
