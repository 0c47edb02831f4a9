package dev.sotto.client.encryption.backup;

import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupKeyQuery;
import dev.sotto.client.encryption.request.RequestIds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Sessions that somebody needs and that may be in the backup: asked for one after the other, and
/// none of them again and again.
final class MissingKeys {
  private static final int MAX_WANTED = 1000;
  private static final int MAX_ASKED = 5000;
  private static final Duration PAUSE = Duration.ofHours(1);

  private final RequestIds ids;
  private final InstantSource clock;
  private final Set<SessionName> wanted = new LinkedHashSet<>();
  private final Map<SessionName, Instant> asked = new LinkedHashMap<>();
  private @Nullable BackupKeyQuery underWay;

  MissingKeys(RequestIds ids, InstantSource clock) {
    this.ids = ids;
    this.clock = clock;
  }

  /// Those that were wanted last are the likeliest to be looked at.
  void want(SessionName session) {
    Instant before = asked.get(session);
    if (before != null && clock.instant().isBefore(before.plus(PAUSE))) {
      return;
    }
    wanted.add(session);
    trim(wanted.iterator(), wanted.size() - MAX_WANTED);
  }

  private static void trim(Iterator<?> eldest, int tooMany) {
    for (int i = 0; i < tooMany; i++) {
      eldest.next();
      eldest.remove();
    }
  }

  Optional<BackupKeyQuery> next(String version) {
    Iterator<SessionName> names = wanted.iterator();
    if (underWay != null || !names.hasNext()) {
      return Optional.empty();
    }
    SessionName name = names.next();
    BackupKeyQuery query = new BackupKeyQuery(ids.next(), version, name.room(), name.sessionId());
    underWay = query;
    return Optional.of(query);
  }

  /// The server has answered, if only that it has no such key.
  ///
  /// @return false if nobody asked
  boolean answered(BackupKeyQuery query) {
    if (!query.equals(underWay)) {
      return false;
    }
    underWay = null;
    SessionName name = new SessionName(query.room(), query.sessionId());
    wanted.remove(name);
    asked.remove(name);
    asked.put(name, clock.instant());
    trim(asked.keySet().iterator(), asked.size() - MAX_ASKED);
    return true;
  }

  /// It is asked again, after the others.
  void failed(BackupKeyQuery query) {
    if (query.equals(underWay)) {
      underWay = null;
      SessionName name = new SessionName(query.room(), query.sessionId());
      if (wanted.remove(name)) {
        wanted.add(name);
      }
    }
  }

  /// There is another backup, which may have what the one before had not.
  void forget() {
    asked.clear();
  }
}
