package dev.sotto.client.encryption.verification;

import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The messages of a verification.
enum MessageType {
  REQUEST("m.key.verification.request"),
  READY("m.key.verification.ready"),
  START("m.key.verification.start"),
  ACCEPT("m.key.verification.accept"),
  KEY("m.key.verification.key"),
  MAC("m.key.verification.mac"),
  DONE("m.key.verification.done"),
  CANCEL("m.key.verification.cancel");

  /// In a room a request is a message of this type, with the request's as `msgtype`.
  static final String ROOM_MESSAGE = "m.room.message";

  private final String value;

  MessageType(String value) {
    this.value = value;
  }

  String value() {
    return value;
  }

  static Optional<MessageType> of(String value) {
    return Arrays.stream(values()).filter(type -> type.value.equals(value)).findFirst();
  }

  /// Whether an event of a room asks for a verification.
  static boolean isRequest(String type, ObjectNode content) {
    return type.equals(ROOM_MESSAGE)
        && REQUEST.value().equals(content.path("msgtype").stringValue(null));
  }
}
