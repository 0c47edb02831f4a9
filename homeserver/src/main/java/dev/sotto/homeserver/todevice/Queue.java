package dev.sotto.homeserver.todevice;

/// What is known in memory of the messages that wait for a device.
///
/// @param first no message has a lower position
/// @param last the position of the newest message, or 0 if none waits
/// @param count how many wait, give or take those that are being written
record Queue(long first, long last, long count) {
  static final Queue EMPTY = new Queue(Long.MAX_VALUE, 0, 0);

  Queue plus(long position) {
    return new Queue(Math.min(first, position), Math.max(last, position), count + 1);
  }

  /// Without some that were among the rest.
  Queue less(int deleted) {
    return new Queue(first, last, Math.max(0, count - deleted));
  }

  /// Without the messages up to `position`, which were `deleted` many.
  Queue minus(long position, int deleted) {
    return last <= position
        ? EMPTY
        : new Queue(Math.max(first, position + 1), last, Math.max(0, count - deleted));
  }
}
