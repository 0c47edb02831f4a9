package dev.sotto.client.engine;

/// How a Megolm session stands to another with the same id.
public enum MegolmOrder {
  /// Both begin at the same message.
  EQUAL,
  /// It begins earlier.
  BETTER,
  /// It begins later.
  WORSE,
  /// They are different sessions, whatever their ids say.
  UNCONNECTED
}
