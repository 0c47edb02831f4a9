package dev.sotto.homeserver.uia;

import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.id.UserId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What came of an authentication.
public sealed interface Outcome {
  /// The operation may go on.
  ///
  /// @param user who was proven, or null where a stage proves nobody
  /// @param registrationToken the registration token that was shown, not yet used; or null
  record Proven(@Nullable UserId user, @Nullable TokenHash registrationToken) implements Outcome {
    /// The user, for stages that prove one.
    public UserId requireUser() {
      return Objects.requireNonNull(user, "this stage proves nobody");
    }
  }

  /// The client has to authenticate within this session.
  ///
  /// @param refusal why what it showed was not enough, or null if it showed nothing
  record Required(String session, @Nullable Refusal refusal) implements Outcome {}

  /// Why an attempt failed.
  record Refusal(ErrorCode code, String message) {}
}
