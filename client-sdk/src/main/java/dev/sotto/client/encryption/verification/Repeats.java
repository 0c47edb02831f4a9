package dev.sotto.client.encryption.verification;

import dev.sotto.protocol.json.Json;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The messages that the other side has sent. A sync may be repeated; the same message twice is no
/// offence.
final class Repeats {
  private static final int MAX_KNOWN = 16;

  private final Set<ObjectNode> known = new HashSet<>();

  boolean isNew(Message message) {
    ObjectNode heard = Json.object().put("type", message.type().value());
    heard.set("content", message.content().deepCopy());
    if (known.contains(heard)) {
      return false;
    }
    if (known.size() < MAX_KNOWN) {
      known.add(heard);
    }
    return true;
  }

  void forget() {
    known.clear();
  }
}
