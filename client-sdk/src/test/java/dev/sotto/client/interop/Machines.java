package dev.sotto.client.interop;

import dev.sotto.client.interop.FakeHomeserver.Endpoint;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The machines of one test, and where they come from.
final class Machines implements AutoCloseable {
  /// Whose machine it is.
  enum Make {
    OURS,
    RUST
  }

  private final LineProcess rust;
  private final FakeHomeserver server;
  private final List<Peer> made = new ArrayList<>();

  /// @param rust runs `machine.mjs`; it stays open
  Machines(LineProcess rust, FakeHomeserver server) {
    this.rust = rust;
    this.server = server;
  }

  /// Logs a device in, which has its keys at the server when this returns.
  Peer device(Make make, String user, String device) {
    Endpoint endpoint = new Endpoint(new UserId("@" + user + ":example.org"), new DeviceId(device));
    Peer peer =
        switch (make) {
          case OURS -> new SottoMachine(server, endpoint);
          case RUST -> new RustMachine(rust, server, endpoint);
        };
    made.add(peer);
    Peer.settle(peer);
    return peer;
  }

  /// Logs the first device of a user in, who has cross-signing keys when this returns.
  Peer person(Make make, String user) {
    Peer peer = device(make, user, user.toUpperCase(Locale.ROOT));
    peer.bootstrapCrossSigning();
    Peer.settle(peer);
    return peer;
  }

  @Override
  public void close() {
    made.forEach(Peer::close);
  }
}
