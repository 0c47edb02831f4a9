package dev.sotto.homeserver.reports;

import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Keeps what users report until an administrator reads it.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#reporting-content
public final class Reports {
  private static final int MAX_REASON_CHARS = 1_000;
  private static final int MAX_PER_DAY = 100;
  private static final Duration DAY = Duration.ofDays(1);

  private final ReportStore store;
  private final Journal journal;
  private final Users users;
  private final Gate gate;
  private final InstantSource clock;

  public Reports(Database database, Journal journal, Users users, Gate gate, InstantSource clock) {
    this.store = new ReportStore(database);
    this.journal = journal;
    this.users = users;
    this.gate = gate;
    this.clock = clock;
  }

  /// Keeps a report, in the place of an earlier one of the same thing by the same user.
  ///
  /// @throws MatrixException `M_INVALID_PARAM` if the reason is too long, `M_LIMIT_EXCEEDED` after
  ///   too many in a day
  public void add(UserId reporter, Subject subject, @Nullable String reason) {
    if (reason != null && reason.length() > MAX_REASON_CHARS) {
      throw MatrixException.invalidParam(
          "A reason may have at most " + MAX_REASON_CHARS + " characters.");
    }
    ReportStore.Row row = row(subject, gate.reasonToKeep(reason));
    long number = users.number(reporter);
    long now = clock.millis();
    journal.change(
        transaction -> {
          if (store.countSince(transaction, number, now - DAY.toMillis()) >= MAX_PER_DAY) {
            throw new MatrixException(
                ErrorCode.M_LIMIT_EXCEEDED,
                "You have reported much today; go on tomorrow.",
                Map.of("retry_after_ms", DAY.toMillis()));
          }
          store.put(transaction, number, row, now);
        });
  }

  private static ReportStore.Row row(Subject subject, @Nullable String reason) {
    return switch (subject) {
      case Subject.OfRoom(var room) -> new ReportStore.Row(room.value(), "", "", reason);
      case Subject.OfEvent(var room, var event) ->
          new ReportStore.Row(room.value(), event.value(), "", reason);
      case Subject.OfUser(var user) -> new ReportStore.Row("", "", user.value(), reason);
    };
  }

  /// The newest reports with an id below `before`, newest first.
  public List<Report> page(long before, int limit) {
    return store.page(before, limit);
  }
}
