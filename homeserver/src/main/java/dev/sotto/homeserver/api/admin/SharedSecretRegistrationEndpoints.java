package dev.sotto.homeserver.api.admin;

import dev.sotto.homeserver.accounts.Account.Kind;
import dev.sotto.homeserver.accounts.Passwords;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.logins.Login;
import dev.sotto.homeserver.logins.NewAccount;
import dev.sotto.homeserver.logins.NewSession;
import dev.sotto.homeserver.logins.Registrations;
import dev.sotto.homeserver.logins.SharedSecretProofs;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Making accounts from scripts that know a secret.
public final class SharedSecretRegistrationEndpoints {
  private record Nonce(String nonce) {}

  private record RegisterBody(
      String nonce,
      String username,
      String password,
      @Nullable Boolean admin,
      @Nullable String userType,
      String mac) {
    /// What the HMAC covers beside the nonce.
    List<String> proven() {
      List<String> parts = new ArrayList<>();
      parts.add(username);
      parts.add(password);
      parts.add(Boolean.TRUE.equals(admin) ? "admin" : "notadmin");
      if (userType != null) {
        parts.add(userType);
      }
      return parts;
    }

    @Override
    public String toString() {
      return "registration of " + username;
    }
  }

  private final SharedSecretProofs proofs;
  private final Registrations registrations;
  private final Passwords passwords;

  public SharedSecretRegistrationEndpoints(
      SharedSecretProofs proofs, Registrations registrations, Passwords passwords) {
    this.proofs = proofs;
    this.registrations = registrations;
    this.passwords = passwords;
  }

  public List<Route> routes() {
    String register = "/_synapse/admin/v1/register";
    return List.of(
        Route.get(register, Access.PUBLIC, this::getNonce),
        Route.post(register, Access.PUBLIC, this::register).withRate(Rate.REGISTRATION));
  }

  private Object getNonce(Request request) {
    return new Nonce(proofs.nonce());
  }

  private Object register(Request request) {
    RegisterBody body = request.body(RegisterBody.class);
    proofs.check(body.nonce, body.proven(), body.mac);
    UserId id = registrations.name(body.username);
    passwords.checkNew(body.password);
    Login login =
        registrations.register(
            new NewAccount(id, Kind.USER, body.password, Boolean.TRUE.equals(body.admin), null),
            new NewSession(null, null, false));
    return Map.of(
        "user_id", login.user().value(),
        "access_token", login.tokens().access().reveal(),
        "device_id", login.device().value(),
        "home_server", login.user().server().value());
  }
}
