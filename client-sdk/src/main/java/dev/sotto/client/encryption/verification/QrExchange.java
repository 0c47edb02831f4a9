package dev.sotto.client.encryption.verification;

import dev.sotto.client.encryption.verification.QrCode.Mode;
import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The codes that one side of a verification shows or scans. Not for several threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#qr-codes
final class QrExchange {
  private static final int SECRET_BYTES = 16;

  private final Parties parties;
  private @Nullable QrCode shown;
  private @Nullable Verified verified;
  private boolean scannedHere;

  QrExchange(Parties parties) {
    this.parties = parties;
  }

  Parties parties() {
    return parties;
  }

  /// The code for the other side to scan, always the same; empty if a key that belongs into it is
  /// not known, or not trusted where it has to be.
  Optional<byte[]> show() {
    if (shown == null) {
      byte[] secret = new byte[SECRET_BYTES];
      parties.own().random().nextBytes(secret);
      Mode mode = mode();
      shown =
          keys(mode, true)
              .map(keys -> new QrCode(mode, parties.transaction(), keys.first, keys.second, secret))
              .orElse(null);
    }
    return Optional.ofNullable(shown).map(QrCode::bytes);
  }

  private Mode mode() {
    if (!parties.own().user().equals(parties.theirs().user())) {
      return Mode.OTHER_USER;
    }
    return parties.own().keys().trustedMasterKey().isPresent()
        ? Mode.MASTER_TRUSTED
        : Mode.MASTER_NOT_TRUSTED;
  }

  private record Keys(VerifyKey first, VerifyKey second) {}

  /// The keys of a code as this side knows them, for one that it shows or one that it scans.
  private Optional<Keys> keys(Mode mode, boolean show) {
    VerifyKey ownDevice = parties.own().fingerprint();
    VerifyKey theirDevice = parties.theirs().fingerprint();
    Optional<VerifyKey> ownMaster = parties.own().keys().trustedMasterKey();
    Optional<VerifyKey> theirMaster = parties.theirs().master();
    return switch (mode) {
      case OTHER_USER -> show ? both(ownMaster, theirMaster) : both(theirMaster, ownMaster);
      case MASTER_TRUSTED ->
          show
              ? both(ownMaster, Optional.of(theirDevice))
              : both(theirMaster, Optional.of(ownDevice));
      case MASTER_NOT_TRUSTED ->
          show
              ? both(Optional.of(ownDevice), theirMaster)
              : both(Optional.of(theirDevice), ownMaster);
    };
  }

  private static Optional<Keys> both(Optional<VerifyKey> first, Optional<VerifyKey> second) {
    return first.flatMap(one -> second.map(two -> new Keys(one, two)));
  }

  /// The user has scanned the other side's code: its keys are the ones that are known, and the
  /// other side knows ours. Tells it so.
  ///
  /// @throws Breach KEY_MISMATCH if they are not
  void scan(QrCode code, BiConsumer<MessageType, ObjectNode> wire) throws Breach {
    boolean sameUser = parties.own().user().equals(parties.theirs().user());
    if (sameUser == (code.mode() == Mode.OTHER_USER)) {
      throw new Breach(CancelCode.KEY_MISMATCH);
    }
    Keys keys = keys(code.mode(), false).orElseThrow(() -> new Breach(CancelCode.KEY_MISMATCH));
    if (!code.hasKeys(keys.first, keys.second)) {
      throw new Breach(CancelCode.KEY_MISMATCH);
    }
    verified = code.mode() == Mode.MASTER_NOT_TRUSTED ? theirDevice() : theirMaster();
    scannedHere = true;
    ObjectNode start = Json.object();
    start.put("from_device", parties.own().device().value());
    start.put("method", Methods.RECIPROCATE);
    start.put("secret", UnpaddedBase64.encode(code.secret()));
    wire.accept(MessageType.START, start);
  }

  /// The other side says that it has scanned our code.
  ///
  /// @throws Breach KEY_MISMATCH if it does not know the code's secret
  void scanned(ObjectNode start) throws Breach {
    byte[] secret;
    try {
      secret = UnpaddedBase64.decode(Content.text(start, "secret"));
    } catch (MatrixException _) {
      throw new Breach(CancelCode.INVALID_MESSAGE);
    }
    if (shown == null || !MessageDigest.isEqual(shown.secret(), secret)) {
      throw new Breach(CancelCode.KEY_MISMATCH);
    }
    verified = shown.mode() == Mode.MASTER_TRUSTED ? theirDevice() : theirMaster();
    scannedHere = false;
  }

  private Verified theirDevice() {
    TheirKeys theirs = parties.theirs();
    return new Verified(
        theirs.user(), Map.of(theirs.device(), theirs.fingerprint()), Optional.empty());
  }

  private Verified theirMaster() {
    return new Verified(parties.theirs().user(), Map.of(), parties.theirs().master());
  }

  /// Whether this side has scanned, and waits for the other to confirm that.
  boolean isScannedHere() {
    return scannedHere;
  }

  /// What follows once both sides have confirmed it.
  Optional<Verified> verified() {
    return Optional.ofNullable(verified);
  }
}
