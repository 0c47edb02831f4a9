package dev.sotto.client.encryption.identity;

import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A user by public cross-signing keys that belong together: the master key has signed the others,
/// and none serves two roles. Whether the master key is truly the user's is not said by that.
///
/// @param userSigning of oneself only: others' are not shown
/// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
public record Identity(
    CrossSigningKey master, CrossSigningKey selfSigning, Optional<CrossSigningKey> userSigning) {

  /// The identity of `user` in an answer to a query of keys; empty if there is none, or not a whole
  /// one.
  static Optional<Identity> of(UserId user, JsonNode answer) {
    Optional<CrossSigningKey> master =
        CrossSigningKey.of(user, KeyRole.MASTER, given(user, KeyRole.MASTER, answer));
    Optional<CrossSigningKey> selfSigning =
        master.flatMap(key -> signed(user, KeyRole.SELF_SIGNING, answer, key));
    if (selfSigning.isEmpty()) {
      return Optional.empty();
    }
    VerifyKey taken = selfSigning.get().key();
    return Optional.of(
        new Identity(
            master.get(),
            selfSigning.get(),
            signed(user, KeyRole.USER_SIGNING, answer, master.get())
                .filter(key -> !key.key().equals(taken))));
  }

  private static Optional<CrossSigningKey> signed(
      UserId user, KeyRole role, JsonNode answer, CrossSigningKey master) {
    return CrossSigningKey.of(user, role, given(user, role, answer), master);
  }

  /// What an answer says of a user's key of this role, unchecked.
  static JsonNode given(UserId user, KeyRole role, JsonNode answer) {
    return answer.path(role.field() + "s").path(user.value());
  }

  public UserId user() {
    return master.user();
  }

  /// The key of a role, if it is known.
  public Optional<CrossSigningKey> key(KeyRole role) {
    return switch (role) {
      case MASTER -> Optional.of(master);
      case SELF_SIGNING -> Optional.of(selfSigning);
      case USER_SIGNING -> userSigning;
    };
  }

  Identity with(CrossSigningKey newMaster) {
    return new Identity(newMaster, selfSigning, userSigning);
  }
}
