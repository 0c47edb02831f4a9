package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.appservices.Appservice;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.logins.AppserviceAccounts;
import dev.sotto.homeserver.logins.Login;
import dev.sotto.homeserver.logins.Logins;
import dev.sotto.homeserver.logins.NewSession;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Logging in.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#legacy-login
public final class LoginEndpoints {
  private record Flow(String type, @Nullable Boolean getLoginToken) {}

  private record Flows(List<Flow> flows) {}

  private record LoginBody(
      String type,
      @Nullable UserIdentifier identifier,
      @Nullable String user,
      @Nullable String password,
      @Nullable String token,
      @Nullable String deviceId,
      @Nullable String initialDeviceDisplayName,
      @Nullable Boolean refreshToken) {
    NewSession session() {
      return new NewSession(
          deviceId == null ? null : new DeviceId(deviceId),
          initialDeviceDisplayName,
          Boolean.TRUE.equals(refreshToken));
    }

    @Override
    public String toString() {
      return "login by " + type;
    }
  }

  private static final List<Flow> FLOWS =
      List.of(new Flow("m.login.password", null), new Flow("m.login.token", true));
  private static final Flow APPSERVICE_FLOW = new Flow("m.login.application_service", null);

  private final Logins logins;
  private final AppserviceAccounts appservices;
  private final PasswordAttempts passwords;
  private final ServerName server;

  public LoginEndpoints(
      Logins logins,
      AppserviceAccounts appservices,
      PasswordAttempts passwords,
      ServerName server) {
    this.appservices = appservices;
    this.logins = logins;
    this.passwords = passwords;
    this.server = server;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/_matrix/client/v3/login", Access.PUBLIC, this::getLoginFlows),
        Route.post("/_matrix/client/v3/login", Access.PUBLIC, this::login).withRate(Rate.LOGIN));
  }

  private Object getLoginFlows(Request request) {
    return new Flows(
        appservices.services().all().isEmpty()
            ? FLOWS
            : Stream.concat(FLOWS.stream(), Stream.of(APPSERVICE_FLOW)).toList());
  }

  private Object login(Request request) {
    LoginBody body = request.body(LoginBody.class);
    Login login =
        switch (body.type) {
          case "m.login.password" -> byPassword(request, body);
          case "m.login.application_service" -> byAppservice(request, body);
          case "m.login.token" -> logins.byToken(require("token", body.token), body.session());
          default ->
              throw new MatrixException(
                  ErrorCode.M_UNKNOWN, "This server knows no login of type '" + body.type + "'.");
        };
    return LoginAnswer.of(login);
  }

  private Login byPassword(Request request, LoginBody body) {
    UserIdentifier identifier =
        body.identifier == null
            ? UserIdentifier.ofUser(require("identifier", body.user))
            : body.identifier;
    String password = require("password", body.password);
    NewSession session = body.session();
    UserId user = identifier.userOn(server).orElse(UserIdentifier.NOBODY);
    passwords.countFor(user, request.address());
    Login login = logins.byPassword(user, password, session);
    passwords.succeeded(user, request.address());
    return login;
  }

  private Login byAppservice(Request request, LoginBody body) {
    Appservice service = AppserviceCalls.require(request, appservices.services());
    UserIdentifier identifier =
        body.identifier == null
            ? UserIdentifier.ofUser(require("identifier", body.user))
            : body.identifier;
    UserId user = identifier.userOn(server).orElse(UserIdentifier.NOBODY);
    appservices.checkOwn(service, user);
    return logins.open(appservices.actAs(service, user, null), body.session());
  }

  private static String require(String name, @Nullable String value) {
    if (value == null) {
      throw new MatrixException(ErrorCode.M_MISSING_PARAM, "The member '" + name + "' is missing.");
    }
    return value;
  }
}
