package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.protocol.id.UserId;
import java.util.List;

/// A user's place in each room, all as of one position.
record Places(long to, List<Memberships.Entry> entries) {

  /// The places at the newest position that is published.
  static Places now(Journal journal, Memberships memberships, UserId user) {
    while (true) {
      long head = journal.head();
      List<Memberships.Entry> entries = List.copyOf(memberships.of(user));
      if (entries.stream().allMatch(entry -> entry.position() <= head)) {
        return new Places(head, entries);
      }
      journal.requireIntact();
      // A membership is taken note of just before its position is published.
      Thread.onSpinWait();
    }
  }
}
