package dev.sotto.client.session;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.HttpSettings;
import dev.sotto.client.http.Request;
import dev.sotto.client.http.Requests;
import dev.sotto.client.http.Tokens;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A user who is logged in on a device.
public final class Session implements AutoCloseable {
  private final SavedSession identity;
  private final SessionKeeper keeper;
  private final HttpSettings settings;
  private final Tokens tokens;
  private final Requests requests;
  private final List<SyncLoop> loops = new CopyOnWriteArrayList<>();

  private Session(SavedSession saved, SessionKeeper keeper, HttpSettings settings) {
    this.identity = saved;
    this.keeper = keeper;
    this.settings = settings;
    this.tokens = new Tokens(saved.tokens(), pair -> keeper.keep(saved.with(pair)));
    this.requests = Requests.anonymous(saved.server(), settings).with(tokens);
  }

  /// Carries a session on. The server is not asked: whether the tokens are still valid shows at the
  /// first request.
  public static Session restore(SavedSession saved, SessionKeeper keeper, HttpSettings settings) {
    return new Session(saved, keeper, settings);
  }

  public UserId user() {
    return identity.user();
  }

  public DeviceId device() {
    return identity.device();
  }

  /// Requests in this session's name.
  public Requests requests() {
    return requests;
  }

  /// Logs in again on the same device, after the tokens have become invalid
  /// ([MatrixRequestException#isSoftLogout]); its encryption keys stay in use.
  public void renew(SecretText password) {
    SavedSession renewed =
        Logins.login(
            requests, Logins.passwordLogin(user().value(), password, device()), identity.server());
    tokens.replace(renewed.tokens());
  }

  /// The loop that brings this session's news; it runs once it is told to.
  public SyncLoop sync(SyncPlace place, SyncListener listener, SyncSettings wishes) {
    SyncLoop loop = new SyncLoop(requests, place, listener, wishes, settings.pace());
    loops.add(loop);
    return loop;
  }

  /// Removes this device and its keys from the server, and the session from where it is kept. There
  /// is no way back: what only this device could decrypt is lost.
  ///
  /// @throws MatrixRequestException if the server could not be told; the session then goes on
  public void logout() {
    try {
      requests.send(Request.post("/_matrix/client/v3/logout"));
    } catch (MatrixRequestException e) {
      if (!e.isLoggedOut() || e.isSoftLogout()) {
        throw e;
      }
      // Somebody else has removed the device already.
    }
    close();
    tokens.discard();
    keeper.forget();
  }

  /// Stops the loops and drops the connections. The session lives on, on the server and where it is
  /// kept.
  @Override
  public void close() {
    loops.forEach(SyncLoop::stop);
    requests.close();
  }
}
