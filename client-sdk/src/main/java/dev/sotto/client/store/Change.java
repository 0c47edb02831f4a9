package dev.sotto.client.store;

/// One entry that is to be kept or dropped.
public sealed interface Change {
  Shelf shelf();

  /// What belongs together and is read together, for example a room's id.
  String group();

  String name();

  /// Keeps `value`, in place of what was kept under this name.
  ///
  /// @param value not changed after this
  @SuppressWarnings("ArrayRecordComponent") // Never compared; copied where it is kept.
  record Put(Shelf shelf, String group, String name, byte[] value) implements Change {
    /// Without the value, which may be a key.
    @Override
    public String toString() {
      return "Put " + shelf + " " + value.length + " bytes";
    }
  }

  /// Drops what is kept under this name, if there is anything.
  record Delete(Shelf shelf, String group, String name) implements Change {}
}
