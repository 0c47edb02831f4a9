package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Caller;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.RateLimits;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Response;
import dev.sotto.homeserver.uia.Attempt;
import dev.sotto.homeserver.uia.InteractiveAuth;
import dev.sotto.homeserver.uia.Operation;
import dev.sotto.homeserver.uia.Outcome;
import dev.sotto.homeserver.uia.Stage;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// User-interactive authentication over HTTP: reads `auth` and writes the 401 that asks for it.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#user-interactive-api-in-the-rest-api
public final class UserInteractiveAuth {
  private record Flow(List<String> stages) {}

  private record Challenge(
      @Nullable String errcode,
      @Nullable String error,
      List<Flow> flows,
      Map<String, Object> params,
      String session) {}

  private record AuthBody(
      @Nullable String type,
      @Nullable String session,
      @Nullable UserIdentifier identifier,
      @Nullable String user,
      @Nullable String password,
      @Nullable String token) {}

  /// An authentication that went through, or the answer that asks for it.
  public sealed interface Result {
    /// The operation may go on.
    record Passed(Outcome.Proven proof) implements Result {}

    /// This is to be answered.
    record Asked(Response response) implements Result {}
  }

  private final InteractiveAuth auth;
  private final RateLimits rates;
  private final PasswordAttempts passwords;
  private final ServerName server;

  public UserInteractiveAuth(
      InteractiveAuth auth, RateLimits rates, PasswordAttempts passwords, ServerName server) {
    this.auth = auth;
    this.rates = rates;
    this.passwords = passwords;
    this.server = server;
  }

  /// Asks the caller for the password again, unless `body` has it in its `auth`.
  ///
  /// @param operation what is to be done, with what it is done to, such as `delete device ABC`
  /// @return what to answer in place of the operation, or empty to go on
  public Optional<Response> challenge(Request request, String operation, ObjectNode body) {
    return switch (prove(request, operation, Set.of(Stage.PASSWORD), body)) {
      case Result.Passed _ -> Optional.empty();
      case Result.Asked(Response response) -> Optional.of(response);
    };
  }

  /// Asks for one of these stages, with or without an access token. Application services, which
  /// have no password, are never asked.
  public Result prove(Request request, String operation, Set<Stage> offered, ObjectNode body) {
    Caller caller = request.optionalCaller();
    UserId user = caller == null ? null : caller.user();
    if (caller != null && caller.appservice() != null) {
      return new Result.Passed(new Outcome.Proven(user, null));
    }
    Attempt attempt = attempt(body);
    if (attempt != null && attempt.type() != null) {
      limit(attempt, caller, request.address());
    }
    return switch (auth.judge(new Operation(operation, user), offered, attempt)) {
      case Outcome.Proven proof -> {
        if (isByPassword(attempt) && proof.user() != null) {
          passwords.succeeded(proof.user(), request.address());
        }
        yield new Result.Passed(proof);
      }
      case Outcome.Required required -> new Result.Asked(ask(offered, required));
    };
  }

  /// Counts attempts, not requests: clients ask for the flows whenever they show a sign-up page.
  private void limit(Attempt attempt, @Nullable Caller caller, String address) {
    if (!isByPassword(attempt)) {
      rates.takeFrom(Rate.REGISTRATION, address);
    } else if (caller != null) {
      passwords.countOf(caller);
    } else {
      rates.takeFrom(Rate.LOGIN, address);
      if (attempt.user() != null) {
        passwords.countFor(attempt.user(), address);
      }
    }
  }

  private static boolean isByPassword(@Nullable Attempt attempt) {
    return attempt != null && Stage.PASSWORD.type().equals(attempt.type());
  }

  private @Nullable Attempt attempt(ObjectNode body) {
    JsonNode node = body.get("auth");
    if (node == null || node.isNull()) {
      return null;
    }
    AuthBody shown = Json.bind(node, AuthBody.class);
    UserIdentifier identifier =
        shown.identifier == null && shown.user != null
            ? UserIdentifier.ofUser(shown.user)
            : shown.identifier;
    return new Attempt(
        shown.session,
        shown.type,
        identifier == null ? null : identifier.userOn(server).orElse(UserIdentifier.NOBODY),
        shown.password,
        shown.token);
  }

  private static Response ask(Set<Stage> offered, Outcome.Required required) {
    Outcome.Refusal refusal = required.refusal();
    return Response.json(
        401,
        new Challenge(
            refusal == null ? null : refusal.code().name(),
            refusal == null ? null : refusal.message(),
            offered.stream().sorted().map(stage -> new Flow(List.of(stage.type()))).toList(),
            new TreeMap<>(),
            required.session()));
  }
}
