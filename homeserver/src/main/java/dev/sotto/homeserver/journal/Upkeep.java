package dev.sotto.homeserver.journal;

import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to the upkeep of the database's files: a little after every few batches, and what is left
/// when nothing waits. Only for the journal's thread.
final class Upkeep {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
  private static final int BATCHES_BETWEEN = 32;

  private final Writer writer;
  private int batches;
  private boolean due;

  Upkeep(Writer writer) {
    this.writer = writer;
  }

  /// Whether there may be something to do while nothing waits.
  boolean isDue() {
    return due;
  }

  void afterBatch() {
    due = true;
    batches++;
    if (batches == BATCHES_BETWEEN) {
      tidy();
    }
  }

  /// Does some of what is left.
  ///
  /// @return whether it has to be forced to disk: what was moved is gone from its old place only
  ///   then, which the next batch would see to, if there was one
  boolean whileIdle() {
    due = tidy();
    return due;
  }

  private boolean tidy() {
    batches = 0;
    try {
      return writer.tidy();
    } catch (SQLException | RuntimeException e) {
      // Whatever is wrong with the database, the next batch finds out.
      log.warn("the upkeep of the database's files failed; it is tried again later", e);
      return false;
    }
  }
}
