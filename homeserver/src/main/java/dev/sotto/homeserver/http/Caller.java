package dev.sotto.homeserver.http;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;

/// The user, device and token behind a request, proven by its access token.
///
/// @param device the token's device, or null for an application service that named none
/// @param guest whether this is a guest account
/// @param admin whether this user administers the server
/// @param appservice the id of the application service whose token it was, or null
/// @param tokenId the hash of the token, for ending this very session
public record Caller(
    UserId user,
    @Nullable DeviceId device,
    boolean guest,
    boolean admin,
    @Nullable String appservice,
    String tokenId) {

  /// The caller's device; refuses a caller that has none.
  public DeviceId requireDevice() {
    if (device == null) {
      throw MatrixException.invalidParam("This needs a device; name one by 'device_id'.");
    }
    return device;
  }

  /// The caller without the hash of its token.
  @Override
  public String toString() {
    return user + (device == null ? "" : " on " + device);
  }
}
