package dev.sotto.homeserver.rooms;

/// An event was built on one that failed to be written; it is to be built anew.
final class StaleHeadException extends RuntimeException {
  StaleHeadException() {
    super("the event before this one was not written", null, false, false);
  }
}
