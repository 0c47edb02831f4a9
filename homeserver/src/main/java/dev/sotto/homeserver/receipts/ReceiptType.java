package dev.sotto.homeserver.receipts;

import dev.sotto.protocol.error.MatrixException;

/// What a user can say about how far they have read.
public enum ReceiptType {
  /// Read up to here, for everyone in the room to see.
  READ("m.read"),
  /// Read up to here, for nobody else to see.
  READ_PRIVATE("m.read.private"),
  /// Everything up to here is dealt with; kept as account data.
  FULLY_READ("m.fully_read");

  private final String id;

  ReceiptType(String id) {
    this.id = id;
  }

  /// The type as the spec names it.
  public String id() {
    return id;
  }

  /// The type that the spec names `id`; `M_INVALID_PARAM` if there is none.
  public static ReceiptType of(String id) {
    for (ReceiptType type : values()) {
      if (type.id.equals(id)) {
        return type;
      }
    }
    throw MatrixException.invalidParam(
        "The type of a receipt is m.read, m.read.private or m.fully_read.");
  }
}
