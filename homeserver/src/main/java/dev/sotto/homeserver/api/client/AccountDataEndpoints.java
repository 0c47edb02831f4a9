package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import java.util.List;
import java.util.Map;

/// What clients keep for their user.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#client-config
public final class AccountDataEndpoints {
  private static final String V3 = "/_matrix/client/v3";
  private static final String DELETION = "/_matrix/client/unstable/org.matrix.msc3391";
  private static final String GLOBAL = "/user/{userId}/account_data/{type}";
  private static final String IN_ROOM = "/user/{userId}/rooms/{roomId}/account_data/{type}";

  private final AccountData accountData;

  public AccountDataEndpoints(AccountData accountData) {
    this.accountData = accountData;
  }

  public List<Route> routes() {
    return List.of(
        Route.put(V3 + GLOBAL, Access.GUEST, this::setAccountData).withRate(Rate.CHANGE),
        Route.get(V3 + GLOBAL, Access.GUEST, this::getAccountData),
        Route.put(V3 + IN_ROOM, Access.GUEST, this::setAccountDataPerRoom).withRate(Rate.CHANGE),
        Route.get(V3 + IN_ROOM, Access.GUEST, this::getAccountDataPerRoom),
        Route.delete(DELETION + GLOBAL, Access.GUEST, this::deleteAccountData)
            .withRate(Rate.CHANGE),
        Route.delete(DELETION + IN_ROOM, Access.GUEST, this::deleteAccountDataPerRoom)
            .withRate(Rate.CHANGE));
  }

  private Object setAccountData(Request request) {
    requireOwn(request);
    accountData.set(request.user(), request.path("type"), request.bodyObject());
    return Map.of();
  }

  private Object getAccountData(Request request) {
    requireOwn(request);
    return accountData.get(request.user(), request.path("type")).json();
  }

  private Object setAccountDataPerRoom(Request request) {
    requireOwn(request);
    accountData.set(request.user(), request.roomId(), request.path("type"), request.bodyObject());
    return Map.of();
  }

  private Object getAccountDataPerRoom(Request request) {
    requireOwn(request);
    return accountData.get(request.user(), request.roomId(), request.path("type")).json();
  }

  private Object deleteAccountData(Request request) {
    requireOwn(request);
    accountData.delete(request.user(), request.path("type"));
    return Map.of();
  }

  private Object deleteAccountDataPerRoom(Request request) {
    requireOwn(request);
    accountData.delete(request.user(), request.roomId(), request.path("type"));
    return Map.of();
  }

  private static void requireOwn(Request request) {
    OwnUser.require(request, "You can only see and change your own account data.");
  }
}
