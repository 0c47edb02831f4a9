package dev.sotto.homeserver.todevice;

import java.util.List;

/// Messages for a device, oldest first.
///
/// @param messages each the JSON of an event as the device sees it
/// @param last the position up to which these are all that there are
public record ToDeviceBatch(List<byte[]> messages, long last) {}
