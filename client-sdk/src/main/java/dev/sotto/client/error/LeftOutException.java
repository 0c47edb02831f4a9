package dev.sotto.client.error;

import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Somebody cannot read what we send to a room on one of their devices. Nobody throws it: it is the
/// cause of a [dev.sotto.client.Problem] of the kind `LEFT_OUT`.
public final class LeftOutException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient UserId user;
  private final transient @Nullable DeviceId device;
  private final @Nullable String code;

  private LeftOutException(
      String sentence, UserId user, @Nullable DeviceId device, @Nullable String code) {
    super(sentence);
    this.user = user;
    this.device = device;
    this.code = code;
  }

  /// This device gets no keys. The library makes these; a program makes one at most to test what it
  /// does then.
  ///
  /// @param code why, as the device is told
  public static LeftOutException of(UserId user, DeviceId device, String code) {
    String sentence =
        "Device %s of %s cannot read our messages: %s.".formatted(device, user, words(code));
    return new LeftOutException(sentence, user, device, code);
  }

  private static String words(String code) {
    return switch (code) {
      case "m.unverified" -> "it is not verified";
      case "m.blacklisted" -> "it is blocked";
      case "m.no_olm" -> "it has left no keys to reach it by";
      default -> code;
    };
  }

  /// The server does not say which devices this user has.
  public static LeftOutException unknown(UserId user) {
    String sentence =
        "The server does not say which devices %s has now; new ones cannot read our messages."
            .formatted(user);
    return new LeftOutException(sentence, user, null, null);
  }

  /// Whose device it is.
  public UserId user() {
    return user;
  }

  /// The device; empty where it is not known which devices there are.
  public Optional<DeviceId> device() {
    return Optional.ofNullable(device);
  }

  /// Why, as the device is told: `m.unverified` if it is not signed or verified as is asked for,
  /// `m.blacklisted` if it is blocked, `m.no_olm` if it has left no keys to reach it by. Empty
  /// where it is not known which devices there are.
  public Optional<String> code() {
    return Optional.ofNullable(code);
  }
}
