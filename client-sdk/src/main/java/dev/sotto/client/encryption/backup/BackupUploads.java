package dev.sotto.client.encryption.backup;

import dev.sotto.client.encryption.megolm.InboundSessions;
import dev.sotto.client.encryption.megolm.InboundSessions.Unsaved;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupKeys;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.engine.BackupEncryption;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Puts sessions into the backup, one batch after the other.
final class BackupUploads {
  /// Some 120 kB of body.
  private static final int MAX_SESSIONS_OF_REQUEST = 100;

  private final InboundSessions sessions;
  private final RequestIds ids;
  private @Nullable Target target;
  private @Nullable Batch underWay;

  private record Target(BackupVersion version, BackupEncryption encryption) {}

  private record Batch(BackupKeys request, List<Unsaved> sessions) {}

  BackupUploads(InboundSessions sessions, RequestIds ids) {
    this.sessions = sessions;
    this.ids = ids;
  }

  /// From here on into this backup.
  void start(BackupVersion version) {
    Target before = target;
    if (before != null
        && before.version.version().equals(version.version())
        && before.version.publicKey().equals(version.publicKey())) {
      return;
    }
    stop();
    // With its key: a server that begins anew may count its versions from one again.
    sessions.useBackup(version.version() + " " + version.publicKey().base64());
    target = new Target(version, BackupEncryption.to(version.publicKey()));
  }

  /// What is under way is to be sent again.
  void stop() {
    Target before = target;
    if (before != null) {
      before.encryption.close();
    }
    target = null;
    underWay = null;
  }

  Optional<BackupKeys> next() {
    Target to = target;
    if (to == null || underWay != null) {
      return Optional.empty();
    }
    List<Unsaved> batch = sessions.unsaved(MAX_SESSIONS_OF_REQUEST);
    if (batch.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode body = Json.object();
    ObjectNode rooms = body.putObject("rooms");
    for (Unsaved session : batch) {
      rooms
          .withObjectProperty(session.name().room().value())
          .withObjectProperty("sessions")
          .set(session.name().sessionId(), json(to.encryption, session));
      session.key().key().close();
    }
    BackupKeys request = new BackupKeys(ids.next(), to.version.version(), body);
    underWay = new Batch(request, batch);
    return Optional.of(request);
  }

  private static ObjectNode json(BackupEncryption encryption, Unsaved session) {
    boolean forwarded =
        switch (session.facts().origin()) {
          case FORWARDED, BUNDLE -> true;
          case OWN, ROOM_KEY, BACKUP, EXPORT -> false;
        };
    ObjectNode json =
        Json.object()
            .put("first_message_index", session.firstIndex())
            .put("forwarded_count", forwarded ? 1 : 0)
            // Else this key would drive out one that reaches further back.
            .put("is_verified", false);
    json.set("session_data", SealedSession.encrypt(encryption, session.key()));
    return json;
  }

  void sent(BackupKeys request) {
    Batch batch = underWay;
    if (batch != null && batch.request.equals(request)) {
      sessions.saved(batch.sessions);
      underWay = null;
    }
  }

  /// They are sent again.
  ///
  /// @return false if they were not under way
  boolean failed(BackupKeys request) {
    Batch batch = underWay;
    if (batch == null || !batch.request.equals(request)) {
      return false;
    }
    underWay = null;
    return true;
  }
}
