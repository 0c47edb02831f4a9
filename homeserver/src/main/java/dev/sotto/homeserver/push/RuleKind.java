package dev.sotto.homeserver.push;

import dev.sotto.protocol.error.MatrixException;

/// The kinds of push rules, in the order in which they are tried.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#push-rules
public enum RuleKind {
  /// What the user puts above all else.
  OVERRIDE("override"),
  /// Words in a message.
  CONTENT("content"),
  /// One room; the rule's id is the room's.
  ROOM("room"),
  /// One sender; the rule's id is the sender's.
  SENDER("sender"),
  /// What holds if nothing else does.
  UNDERRIDE("underride");

  private final String id;

  RuleKind(String id) {
    this.id = id;
  }

  /// The kind as the spec names it.
  public String id() {
    return id;
  }

  /// Whether rules of this kind carry conditions.
  boolean hasConditions() {
    return this == OVERRIDE || this == UNDERRIDE;
  }

  /// The kind that the spec names `id`; `M_INVALID_PARAM` if there is none.
  public static RuleKind of(String id) {
    for (RuleKind kind : values()) {
      if (kind.id.equals(id)) {
        return kind;
      }
    }
    throw MatrixException.invalidParam(
        "The kind of a push rule is override, content, room, sender or underride.");
  }
}
