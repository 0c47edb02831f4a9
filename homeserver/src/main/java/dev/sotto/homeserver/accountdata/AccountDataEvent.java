package dev.sotto.homeserver.accountdata;

import dev.sotto.protocol.json.Json;
import tools.jackson.databind.node.ObjectNode;

/// One piece of account data, as a sync delivers it.
///
/// @param content a JSON object in UTF-8; `{}` where the piece was deleted; not to be changed
public record AccountDataEvent(String type, byte[] content) {
  /// The content as a tree of the caller's own.
  public ObjectNode json() {
    return Json.parseObject(content);
  }
}
