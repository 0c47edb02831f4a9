package dev.sotto.client.session;

import dev.sotto.client.error.MatrixRequestException;
import java.time.Duration;

/// Takes the news of a session.
@FunctionalInterface
public interface SyncListener {
  /// Deals with an answer. Answers come in order, one at a time, and the next is asked for only
  /// when this has returned and the place after it is kept.
  ///
  /// If this throws, or the program ends meanwhile, the same news come again at the next start: so
  /// whoever deals with them has to bear some of them twice.
  void onAnswer(SyncAnswer answer);

  /// The server does not answer; it is asked again after `wait`.
  default void onTrouble(MatrixRequestException failure, Duration wait) {}
}
