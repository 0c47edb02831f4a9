package dev.sotto.homeserver.todevice;

import tools.jackson.databind.node.ObjectNode;

/// Decides what may be sent from device to device.
@FunctionalInterface
public interface ToDeviceGate {
  /// @throws dev.sotto.protocol.error.MatrixException `M_FORBIDDEN` if it may not
  void check(String type, ObjectNode content);
}
