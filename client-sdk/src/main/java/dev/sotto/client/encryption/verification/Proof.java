package dev.sotto.client.encryption.verification;

import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Peer;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.id.DeviceId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// How each side proves to the other which keys are its own: by codes that both show, or by a code
/// that one shows and the other scans. Not for several threads.
final class Proof implements AutoCloseable {
  private final Own own;
  private final Route route;
  private @Nullable SasExchange sas;
  private @Nullable QrExchange qr;

  Proof(Own own, Route route) {
    this.own = own;
    this.route = route;
  }

  /// Begins to compare codes.
  void offer(Peer peer) throws Breach {
    sas = SasExchange.offer(parties(peer), route::send);
  }

  /// Compares codes, as the other side has begun to; what was begun here does not count.
  void answer(Peer peer, ObjectNode start) throws Breach {
    if (sas != null) {
      sas.close();
    }
    sas = SasExchange.answer(parties(peer), route::send, start);
  }

  /// The comparing of codes, which has begun.
  SasExchange codes() throws Breach {
    if (sas == null) {
      throw new Breach(CancelCode.UNEXPECTED_MESSAGE);
    }
    return sas;
  }

  /// The code to show.
  Optional<byte[]> show(Peer peer) throws Breach {
    return scans(peer).show();
  }

  /// The user here has scanned a code.
  void scan(Peer peer, QrCode code) throws Breach {
    QrExchange exchange = scans(peer);
    exchange.parties().requireUnchanged();
    exchange.scan(code, route::send);
  }

  /// The other side says that it has scanned the code shown here.
  void scanned(Peer peer, ObjectNode start) throws Breach {
    scans(peer).scanned(start);
  }

  private QrExchange scans(Peer peer) throws Breach {
    if (qr == null) {
      qr = new QrExchange(parties(peer));
    }
    return qr;
  }

  private Parties parties(Peer peer) throws Breach {
    DeviceId device = peer.device().orElseThrow(() -> new Breach(CancelCode.UNEXPECTED_MESSAGE));
    TheirKeys keys = TheirKeys.of(own.keys(), peer.user(), device);
    return new Parties(own, keys, route.flow().transaction());
  }

  /// The user here says that both show the same, or that the scan went well.
  void confirm() throws Breach {
    if (sas != null) {
      sas.parties().requireUnchanged();
      sas.confirm();
    }
  }

  /// Whether this side has begun to compare codes, and the other has not answered.
  boolean isOffered() {
    return sas != null && sas.isOffered();
  }

  /// Whether the user here has scanned the other side's code.
  boolean isScannedHere() {
    return sas == null && qr != null && qr.isScannedHere();
  }

  /// Where both sides have begun, whether it goes on as this one has.
  boolean ourStartCounts() throws Breach {
    return agreed().ourStartCounts();
  }

  /// The keys that are known to be the other side's, once they are.
  Optional<Verified> verified() {
    return sas != null ? sas.theirs() : qr != null ? qr.verified() : Optional.empty();
  }

  void requireUnchanged() throws Breach {
    agreed().requireUnchanged();
  }

  private Parties agreed() throws Breach {
    if (sas != null) {
      return sas.parties();
    }
    if (qr != null) {
      return qr.parties();
    }
    throw new Breach(CancelCode.UNEXPECTED_MESSAGE);
  }

  @Override
  public void close() {
    if (sas != null) {
      sas.close();
    }
    qr = null;
  }
}
