package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.util.List;
import java.util.Map;

/// E-mail addresses and telephone numbers of accounts: there are none here, and none can be added.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#adding-account-administrative-contact-information
public final class AdministrativeContactEndpoints {
  private record Threepid(String medium, String address) {}

  public List<Route> routes() {
    String threepid = "/_matrix/client/v3/account/3pid";
    return List.of(
        Route.get(threepid, Access.USER, this::getAccount3PIDs),
        Route.post(threepid, Access.USER, this::post3PIDs),
        Route.post(threepid + "/add", Access.USER, this::add3PID),
        Route.post(threepid + "/bind", Access.USER, this::bind3PID),
        Route.post(threepid + "/delete", Access.USER, this::delete3pidFromAccount),
        Route.post(threepid + "/unbind", Access.USER, this::unbind3pidFromAccount),
        Route.post(threepid + "/email/requestToken", Access.PUBLIC, this::requestTokenTo3PIDEmail),
        Route.post(
            threepid + "/msisdn/requestToken", Access.PUBLIC, this::requestTokenTo3PIDMSISDN));
  }

  private Object getAccount3PIDs(Request request) {
    return Map.of("threepids", List.of());
  }

  private Object post3PIDs(Request request) {
    throw ThirdPartyIds.denied();
  }

  private Object add3PID(Request request) {
    throw ThirdPartyIds.denied();
  }

  private Object bind3PID(Request request) {
    throw new MatrixException(
        ErrorCode.M_SERVER_NOT_TRUSTED, "This server trusts no identity server.");
  }

  /// An identifier that is not there counts as deleted; no identity server is known to hold it.
  private Object delete3pidFromAccount(Request request) {
    request.body(Threepid.class);
    return Map.of("id_server_unbind_result", "no-support");
  }

  private Object unbind3pidFromAccount(Request request) {
    request.body(Threepid.class);
    return Map.of("id_server_unbind_result", "no-support");
  }

  private Object requestTokenTo3PIDEmail(Request request) {
    throw ThirdPartyIds.unsupported();
  }

  private Object requestTokenTo3PIDMSISDN(Request request) {
    throw ThirdPartyIds.unsupported();
  }
}
