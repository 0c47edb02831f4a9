package dev.sotto.client.session;

import dev.sotto.client.http.HttpSettings;
import dev.sotto.client.http.Request;
import dev.sotto.client.http.Requests;
import dev.sotto.client.http.ServerAddress;
import dev.sotto.client.http.TokenPair;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Begins sessions on one homeserver.
///
/// The address that a server gives in its answer (`well_known`) is not followed: whoever was given
/// the password is the one that is talked to.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#login
public final class Logins implements AutoCloseable {
  private static final String LOGIN = "/_matrix/client/v3/login";

  private final ServerAddress server;
  private final HttpSettings settings;
  private final Requests requests;

  public Logins(ServerAddress server, HttpSettings settings) {
    this.server = server;
    this.settings = settings;
    this.requests = Requests.anonymous(server, settings);
  }

  /// Logs in with a password, on a new device.
  ///
  /// @param user a full id, or the part before the colon
  /// @param deviceName what the user reads in the list of devices; others may see it as well
  public Session withPassword(
      String user, SecretText password, String deviceName, SessionKeeper keeper) {
    return begin(passwordLogin(user, password, null), deviceName, keeper);
  }

  /// Logs in with a token that the server has issued for one login, on a new device.
  public Session withToken(SecretText token, String deviceName, SessionKeeper keeper) {
    ObjectNode body = Json.object().put("type", "m.login.token").put("token", token.text());
    return begin(body, deviceName, keeper);
  }

  private Session begin(ObjectNode body, String deviceName, SessionKeeper keeper) {
    body.put("initial_device_display_name", deviceName);
    SavedSession saved = login(requests, body, server);
    keeper.keep(saved);
    return Session.restore(saved, keeper, settings);
  }

  static ObjectNode passwordLogin(String user, SecretText password, @Nullable DeviceId device) {
    ObjectNode body = Json.object().put("type", "m.login.password");
    body.putObject("identifier").put("type", "m.id.user").put("user", user);
    body.put("password", password.text());
    if (device != null) {
      body.put("device_id", device.value());
    }
    return body;
  }

  /// Sends a login and holds the answer to what was asked for: another user's or device's session
  /// would get this one's keys.
  static SavedSession login(Requests requests, ObjectNode body, ServerAddress server) {
    body.put("refresh_token", true);
    Request request = Request.post(LOGIN).json(body).anonymous();
    return requests.send(
        request,
        answer -> {
          SavedSession saved =
              new SavedSession(
                  server,
                  new UserId(SavedSession.text(answer, "user_id")),
                  new DeviceId(SavedSession.text(answer, "device_id")),
                  TokenPair.read(answer, null));
          String user = body.path("identifier").path("user").asString("");
          requireSame("user", user.startsWith("@") ? user : "", saved.user().value());
          requireSame("device", body.path("device_id").asString(""), saved.device().value());
          return saved;
        });
  }

  private static void requireSame(String what, String asked, String given) {
    if (!asked.isEmpty() && !asked.equals(given)) {
      throw MatrixException.badJson("It is the session of another " + what + ".");
    }
  }

  @Override
  public void close() {
    requests.close();
  }
}
