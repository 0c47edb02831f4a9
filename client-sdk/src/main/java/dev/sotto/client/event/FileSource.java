package dev.sotto.client.event;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Where a file is, and what it was encrypted with.
///
/// @param url `mxc://server/id`, as received
/// @param encryption the event's `file`, if it was encrypted; holds the key
/// @spec https://spec.matrix.org/v1.19/client-server-api/#sending-encrypted-attachments
public record FileSource(String url, Optional<ObjectNode> encryption) {
  /// Without the key.
  @Override
  public String toString() {
    return encryption.isPresent() ? "encrypted file" : "file";
  }
}
