package dev.sotto.homeserver.journal;

/// What news can be about: a room or a user, by number.
public final class Topics {
  private Topics() {}

  public static long room(long roomNumber) {
    return roomNumber << 1;
  }

  public static long user(long userNumber) {
    return userNumber << 1 | 1;
  }

  public static boolean isRoom(long topic) {
    return (topic & 1) == 0;
  }

  /// The number of the room or user that `topic` is about.
  public static long number(long topic) {
    return topic >> 1;
  }
}
