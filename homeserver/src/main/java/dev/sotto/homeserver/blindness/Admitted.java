package dev.sotto.homeserver.blindness;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What an event says, after the [Gate] let it in; nothing else can be written to a room.
public final class Admitted {
  private final String type;
  private final @Nullable String stateKey;
  private final ObjectNode content;

  /// Only the gate makes one.
  Admitted(String type, @Nullable String stateKey, ObjectNode content) {
    this.type = type;
    this.stateKey = stateKey;
    this.content = content;
  }

  public String type() {
    return type;
  }

  /// The state key, or null for a message-like event.
  public @Nullable String stateKey() {
    return stateKey;
  }

  /// The content as it may be stored; not to be changed.
  public ObjectNode content() {
    return content;
  }

  @Override
  public String toString() {
    return type;
  }
}
