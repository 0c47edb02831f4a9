package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.accounts.Passwords;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Caller;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.logins.Logins;
import dev.sotto.homeserver.uia.Outcome;
import dev.sotto.homeserver.uia.Stage;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Changing a password.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#password-management
public final class PasswordManagementEndpoints {
  private record PasswordBody(String newPassword, @Nullable Boolean logoutDevices) {
    @Override
    public String toString() {
      return "new password";
    }
  }

  private final Logins logins;
  private final Passwords passwords;
  private final UserInteractiveAuth auth;

  public PasswordManagementEndpoints(Logins logins, Passwords passwords, UserInteractiveAuth auth) {
    this.logins = logins;
    this.passwords = passwords;
    this.auth = auth;
  }

  public List<Route> routes() {
    String password = "/_matrix/client/v3/account/password";
    return List.of(
        Route.post(password, Access.OPTIONAL, this::changePassword),
        Route.post(
            password + "/email/requestToken",
            Access.PUBLIC,
            this::requestTokenToResetPasswordEmail),
        Route.post(
            password + "/msisdn/requestToken",
            Access.PUBLIC,
            this::requestTokenToResetPasswordMSISDN));
  }

  private Object changePassword(Request request) {
    Caller caller = request.optionalCaller();
    if (caller != null && caller.guest()) {
      throw new MatrixException(
          ErrorCode.M_GUEST_ACCESS_FORBIDDEN, "Guests have no password; register an account.");
    }
    ObjectNode tree = request.bodyObject();
    PasswordBody body = Json.bind(tree, PasswordBody.class);
    passwords.checkNew(body.newPassword);
    return switch (auth.prove(request, "change password", Set.of(Stage.PASSWORD), tree)) {
      case UserInteractiveAuth.Result.Asked asked -> asked.response();
      case UserInteractiveAuth.Result.Passed passed -> {
        change(passed.proof(), body, caller);
        yield Map.of();
      }
    };
  }

  private void change(Outcome.Proven proof, PasswordBody body, @Nullable Caller caller) {
    logins.changePassword(
        proof.requireUser(),
        body.newPassword,
        !Boolean.FALSE.equals(body.logoutDevices),
        caller == null ? null : caller.device());
  }

  private Object requestTokenToResetPasswordEmail(Request request) {
    throw ThirdPartyIds.denied();
  }

  private Object requestTokenToResetPasswordMSISDN(Request request) {
    throw ThirdPartyIds.denied();
  }
}
