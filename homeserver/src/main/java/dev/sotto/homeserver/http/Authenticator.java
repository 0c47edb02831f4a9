package dev.sotto.homeserver.http;

import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;

/// Proves who a request's access token belongs to.
public interface Authenticator {
  /// What a request shows of its sender.
  ///
  /// @param token the access token
  /// @param assertedUser the `user_id` an application service acts as, or null
  /// @param assertedDevice the `device_id` an application service acts as, or null
  /// @param address the sender's IP address
  record Credentials(
      String token,
      @Nullable UserId assertedUser,
      @Nullable DeviceId assertedDevice,
      String address,
      String userAgent) {
    /// The credentials without the token.
    @Override
    public String toString() {
      return "Credentials from " + address;
    }
  }

  /// The caller behind these credentials.
  ///
  /// @throws dev.sotto.protocol.error.MatrixException `M_UNKNOWN_TOKEN` if they prove nobody
  Caller authenticate(Credentials credentials);
}
