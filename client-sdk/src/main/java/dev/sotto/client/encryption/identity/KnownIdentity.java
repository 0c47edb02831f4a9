package dev.sotto.client.encryption.identity;

import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is remembered of a user's identity.
///
/// @param identity as it was shown last
/// @param pinned the master key seen first, or confirmed or verified since
/// @param verifiedHere the master key that this device verified itself
/// @param lastVerified the last master key that was found verified in whatever way, which stays
///   when the signature that said so does not
/// @param collides whether the user had a device whose id is one of these keys
record KnownIdentity(
    Identity identity,
    VerifyKey pinned,
    @Nullable VerifyKey verifiedHere,
    @Nullable VerifyKey lastVerified,
    boolean collides) {

  static KnownIdentity first(Identity identity, boolean collides) {
    return new KnownIdentity(identity, identity.master().key(), null, null, collides);
  }

  UserId user() {
    return identity.user();
  }

  VerifyKey master() {
    return identity.master().key();
  }

  boolean isChanged() {
    return !pinned.equals(master());
  }

  boolean isVerifiedHere() {
    return Objects.equals(verifiedHere, master());
  }

  Optional<IdentityChange> change() {
    return isChanged()
        ? Optional.of(
            new IdentityChange(
                user(), master(), lastVerified != null && !lastVerified.equals(master())))
        : Optional.empty();
  }

  KnownIdentity showing(Identity shown, boolean nowCollides) {
    return new KnownIdentity(shown, pinned, verifiedHere, lastVerified, nowCollides);
  }

  /// Verified by this device.
  KnownIdentity verified() {
    return new KnownIdentity(identity, master(), master(), master(), collides);
  }

  /// Found verified by another device of one's own.
  KnownIdentity foundVerified() {
    return new KnownIdentity(identity, master(), verifiedHere, master(), collides);
  }

  /// Believed without verification.
  KnownIdentity confirmed() {
    return first(identity, collides);
  }

  ObjectNode json() {
    ObjectNode json = json(identity);
    json.put("pinned", pinned.base64()).put("collides", collides);
    if (verifiedHere != null) {
      json.put("verified_here", verifiedHere.base64());
    }
    if (lastVerified != null) {
      json.put("last_verified", lastVerified.base64());
    }
    return json;
  }

  static ObjectNode json(Identity identity) {
    ObjectNode json = Json.object();
    for (KeyRole role : KeyRole.values()) {
      identity.key(role).ifPresent(key -> json.set(role.usage(), key.json()));
    }
    return json;
  }

  /// Reads what [#json()] wrote, without checking any signature again.
  static KnownIdentity of(UserId user, ObjectNode json) {
    return new KnownIdentity(
        identity(user, json),
        VerifyKey.ofBase64(json.path("pinned").stringValue()),
        key(json.path("verified_here")),
        key(json.path("last_verified")),
        json.path("collides").booleanValue());
  }

  static Identity identity(UserId user, ObjectNode json) {
    return new Identity(
        kept(user, KeyRole.MASTER, json).orElseThrow(),
        kept(user, KeyRole.SELF_SIGNING, json).orElseThrow(),
        kept(user, KeyRole.USER_SIGNING, json));
  }

  private static Optional<CrossSigningKey> kept(UserId user, KeyRole role, ObjectNode json) {
    return json.get(role.usage()) instanceof ObjectNode key
        ? Optional.of(
            new CrossSigningKey(
                user,
                role,
                VerifyKey.ofBase64(key.path("keys").iterator().next().stringValue()),
                key))
        : Optional.empty();
  }

  private static @Nullable VerifyKey key(JsonNode base64) {
    return base64.isString() ? VerifyKey.ofBase64(base64.stringValue()) : null;
  }
}
