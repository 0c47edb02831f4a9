package dev.sotto.homeserver.blindness;

import tools.jackson.databind.node.ObjectNode;

/// What a message to a device says, after the [Gate] let it in; nothing else can be queued.
public final class AdmittedToDevice {
  private final String type;
  private final ObjectNode content;

  /// Only the gate makes one.
  AdmittedToDevice(String type, ObjectNode content) {
    this.type = type;
    this.content = content;
  }

  public String type() {
    return type;
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
