package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What is known of a session of a room.
///
/// @param owner who made it; empty where that is not proven
/// @param senderKey the Curve25519 key of the device that made it; a claim where that is not proven
/// @param fingerprint the Ed25519 key of that device; a claim as well
/// @param device that device's keys, signed by it, as far as they are known
/// @param sharedHistory whether it may be passed on to those who are invited to the room
/// @param giver who passed it on to us with an invitation, and is all there is to believe of it;
///   known on the device that was given it only: a backup has no place for it, and would be another
///   word of who can write to it
public record SessionFacts(
    KeyOrigin origin,
    Optional<UserId> owner,
    Curve25519Key senderKey,
    Optional<VerifyKey> fingerprint,
    Optional<Device> device,
    boolean sharedHistory,
    Optional<UserId> giver) {

  /// As it stands in the store.
  ///
  /// @param giver null also in what was kept before givers were remembered
  record Kept(
      KeyOrigin origin,
      @Nullable String owner,
      String senderKey,
      @Nullable String fingerprint,
      @Nullable ObjectNode device,
      boolean sharedHistory,
      @Nullable String giver) {}

  /// Whether it is proven who made it.
  public boolean proven() {
    return origin == KeyOrigin.OWN || (origin == KeyOrigin.ROOM_KEY && device.isPresent());
  }

  /// Whether more is known of it than of the same session by `other` facts.
  boolean isBetterThan(SessionFacts other) {
    // Anybody may have put a key into a backup; of this one it is known at least who gave it.
    boolean namesGiver = giver.isPresent() && other.origin == KeyOrigin.BACKUP;
    return rank() > other.rank() || namesGiver;
  }

  /// Whether both name the same device as the one that made the session, as far as they name one.
  boolean isOfSameMaker(SessionFacts other) {
    return senderKey.equals(other.senderKey)
        && (fingerprint.isEmpty()
            || other.fingerprint.isEmpty()
            || fingerprint.equals(other.fingerprint));
  }

  private int rank() {
    return proven() ? 2 : origin.signed() ? 1 : 0;
  }

  SessionFacts withDevice(Device known) {
    return new SessionFacts(
        origin, owner, senderKey, fingerprint, Optional.of(known), sharedHistory, giver);
  }

  SessionFacts withSharedHistory(boolean shared) {
    return new SessionFacts(origin, owner, senderKey, fingerprint, device, shared, giver);
  }

  /// Whether these are the keys of the device that made the session.
  boolean isMadeBy(Device other) {
    return other.curve25519().equals(senderKey)
        && fingerprint.map(other.ed25519()::equals).orElse(false)
        && owner.map(other.user()::equals).orElse(false);
  }

  Kept kept() {
    return new Kept(
        origin,
        owner.map(UserId::value).orElse(null),
        senderKey.base64(),
        fingerprint.map(VerifyKey::base64).orElse(null),
        device.map(Device::json).orElse(null),
        sharedHistory,
        giver.map(UserId::value).orElse(null));
  }

  static SessionFacts of(Kept kept) {
    ObjectNode keys = kept.device;
    ObjectNode whole = Json.object().put("curve25519", kept.senderKey);
    return new SessionFacts(
        kept.origin,
        Optional.ofNullable(kept.owner).map(UserId::new),
        Fields.curve25519(whole, "curve25519").orElseThrow(),
        Optional.ofNullable(kept.fingerprint).map(VerifyKey::ofBase64),
        keys == null ? Optional.empty() : device(keys),
        kept.sharedHistory,
        Optional.ofNullable(kept.giver).map(UserId::new));
  }

  private static Optional<Device> device(ObjectNode keys) {
    return Fields.user(keys, "user_id")
        .flatMap(
            user ->
                Fields.device(keys, "device_id")
                    .flatMap((DeviceId id) -> Device.of(user, id, keys)));
  }
}
