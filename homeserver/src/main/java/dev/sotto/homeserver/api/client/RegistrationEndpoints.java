package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.accounts.Account.Kind;
import dev.sotto.homeserver.accounts.Passwords;
import dev.sotto.homeserver.appservices.Appservice;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.RateLimits;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.logins.AppserviceAccounts;
import dev.sotto.homeserver.logins.NewAccount;
import dev.sotto.homeserver.logins.NewSession;
import dev.sotto.homeserver.logins.Registrations;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.homeserver.uia.Stage;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Making an account.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#legacy-account-registration
public final class RegistrationEndpoints {
  private static final String APPSERVICE_TYPE = "m.login.application_service";

  private record RegisterBody(
      @Nullable String type,
      @Nullable String username,
      @Nullable String password,
      @Nullable String deviceId,
      @Nullable String initialDeviceDisplayName,
      @Nullable Boolean inhibitLogin,
      @Nullable Boolean refreshToken) {
    NewSession session() {
      return new NewSession(
          deviceId == null ? null : new DeviceId(deviceId),
          initialDeviceDisplayName,
          Boolean.TRUE.equals(refreshToken));
    }

    @Override
    public String toString() {
      return "registration of " + username;
    }
  }

  private final Registrations registrations;
  private final Passwords passwords;
  private final UserInteractiveAuth auth;
  private final AppserviceAccounts appservices;
  private final RateLimits rates;
  private final Set<Stage> stages;
  private final boolean guests;

  /// @param stages the ways to show that one may register; none if nobody may
  /// @param guests whether guests may come in
  public RegistrationEndpoints(
      Registrations registrations,
      Passwords passwords,
      UserInteractiveAuth auth,
      AppserviceAccounts appservices,
      RateLimits rates,
      Set<Stage> stages,
      boolean guests) {
    this.registrations = registrations;
    this.passwords = passwords;
    this.auth = auth;
    this.appservices = appservices;
    this.rates = rates;
    this.stages = Set.copyOf(stages);
    this.guests = guests;
  }

  public List<Route> routes() {
    String register = "/_matrix/client/v3/register";
    return List.of(
        Route.post(register, Access.PUBLIC, this::register),
        Route.get(register + "/available", Access.PUBLIC, this::checkUsernameAvailability),
        Route.post(
            register + "/email/requestToken", Access.PUBLIC, this::requestTokenToRegisterEmail),
        Route.post(
            register + "/msisdn/requestToken", Access.PUBLIC, this::requestTokenToRegisterMSISDN));
  }

  private Object register(Request request) {
    String kind = request.query("kind");
    ObjectNode tree = request.optionalBodyObject();
    RegisterBody body = Json.bind(tree, RegisterBody.class);
    if (APPSERVICE_TYPE.equals(body.type)) {
      return registerForAppservice(request, body);
    }
    return switch (kind == null ? "user" : kind) {
      case "user" -> registerUser(request, tree, body);
      case "guest" -> registerGuest(request, body);
      default -> throw MatrixException.invalidParam("'kind' must be user or guest.");
    };
  }

  private Object registerUser(Request request, ObjectNode tree, RegisterBody body) {
    if (stages.isEmpty()) {
      throw MatrixException.forbidden("This server takes no new accounts.");
    }
    String username = body.username;
    UserId id = username == null ? registrations.makeName() : registrations.name(username);
    registrations.checkFree(id);
    if (body.password != null) {
      passwords.checkNew(body.password);
    }
    NewSession session = body.session();
    return switch (auth.prove(request, "register", stages, tree)) {
      case UserInteractiveAuth.Result.Asked asked -> asked.response();
      case UserInteractiveAuth.Result.Passed passed ->
          create(body, id, session, passed.proof().registrationToken());
    };
  }

  private Object create(
      RegisterBody body, UserId id, NewSession session, @Nullable TokenHash registrationToken) {
    if (body.password == null) {
      throw new MatrixException(ErrorCode.M_MISSING_PARAM, "The member 'password' is missing.");
    }
    return answer(
        new NewAccount(id, Kind.USER, body.password, false, registrationToken), body, session);
  }

  private Object answer(NewAccount account, RegisterBody body, NewSession session) {
    return Boolean.TRUE.equals(body.inhibitLogin)
        ? Map.of("user_id", registrations.register(account).id().value())
        : LoginAnswer.of(registrations.register(account, session));
  }

  /// @spec https://spec.matrix.org/v1.19/application-service-api/#server-admin-style-permissions
  private Object registerForAppservice(Request request, RegisterBody body) {
    Appservice service = AppserviceCalls.require(request, appservices.services());
    if (body.username == null) {
      throw new MatrixException(ErrorCode.M_MISSING_PARAM, "The member 'username' is missing.");
    }
    UserId id = registrations.name(body.username);
    appservices.checkOwn(service, id);
    return answer(new NewAccount(id, Kind.APPSERVICE, null, false, null), body, body.session());
  }

  private Object registerGuest(Request request, RegisterBody body) {
    if (!guests) {
      throw new MatrixException(ErrorCode.M_GUEST_ACCESS_FORBIDDEN, "This server takes no guests.");
    }
    rates.takeFrom(Rate.REGISTRATION, request.address());
    return LoginAnswer.of(
        registrations.register(
            new NewAccount(registrations.makeName(), Kind.GUEST, null, false, null),
            new NewSession(null, body.initialDeviceDisplayName, false)));
  }

  private Object checkUsernameAvailability(Request request) {
    registrations.checkFree(registrations.name(request.requireQuery("username")));
    return Map.of("available", true);
  }

  private Object requestTokenToRegisterEmail(Request request) {
    throw ThirdPartyIds.denied();
  }

  private Object requestTokenToRegisterMSISDN(Request request) {
    throw ThirdPartyIds.denied();
  }
}
