package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.accounts.Account;
import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.profiles.Profile;
import dev.sotto.homeserver.profiles.ProfileChanges;
import dev.sotto.homeserver.profiles.ProfileField;
import dev.sotto.homeserver.profiles.Profiles;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// What users show of themselves.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#profiles
public final class ProfileEndpoints {
  private static final long MAX_BODY_BYTES = 128 * 1024;

  private final Accounts accounts;
  private final Profiles profiles;
  private final ProfileChanges changes;

  public ProfileEndpoints(Accounts accounts, Profiles profiles, ProfileChanges changes) {
    this.accounts = accounts;
    this.profiles = profiles;
    this.changes = changes;
  }

  public List<Route> routes() {
    String profile = "/_matrix/client/v3/profile/{userId}";
    String field = profile + "/{keyName}";
    return List.of(
        Route.get(profile, Access.PUBLIC, this::getUserProfile),
        Route.get(field, Access.PUBLIC, this::getProfileField),
        Route.put(field, Access.GUEST, this::setProfileField)
            .withRate(Rate.PROFILE)
            .withBodyLimit(MAX_BODY_BYTES),
        Route.delete(field, Access.GUEST, this::deleteProfileField).withRate(Rate.PROFILE));
  }

  private Object getUserProfile(Request request) {
    return require(request).fields();
  }

  private Object getProfileField(Request request) {
    Profile profile = require(request);
    String name = new ProfileField(request.path("keyName")).name();
    JsonNode value = profile.fields().get(name);
    if (value == null) {
      throw MatrixException.notFound("This user's profile has no field '" + name + "'.");
    }
    return Map.of(name, value);
  }

  /// The profile of a user of this server; empty for one who has set nothing.
  private Profile require(Request request) {
    return accounts
        .find(request.userId())
        .filter(Predicate.not(Account::deactivated))
        .map(account -> profiles.read(account.id()))
        .orElseThrow(() -> MatrixException.notFound("There is no such user here."));
  }

  private Object setProfileField(Request request) {
    changes.set(request.user(), ownField(request), request.bodyObject());
    return Json.object();
  }

  private Object deleteProfileField(Request request) {
    changes.delete(request.user(), ownField(request));
    return Json.object();
  }

  private static ProfileField ownField(Request request) {
    OwnUser.require(request, "You cannot change the profiles of other users.");
    ProfileField field = new ProfileField(request.path("keyName"));
    if (request.caller().guest() && !field.name().equals(Profile.DISPLAY_NAME)) {
      throw new MatrixException(
          ErrorCode.M_GUEST_ACCESS_FORBIDDEN, "Guests may change only their display name.");
    }
    return field;
  }
}
