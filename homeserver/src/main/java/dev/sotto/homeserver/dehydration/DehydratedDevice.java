package dev.sotto.homeserver.dehydration;

import dev.sotto.protocol.id.DeviceId;
import tools.jackson.databind.node.ObjectNode;

/// A device that lives on the server alone.
///
/// @param data its private keys, which a client encrypted
public record DehydratedDevice(DeviceId id, ObjectNode data) {}
