package dev.sotto.client.encryption.megolm;

import dev.sotto.client.memory.Recent;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Remembers which rooms are encrypted. A room that was once stays so, whatever the server says
/// later. Not for several threads.
public final class EncryptedRooms {
  private static final String GROUP = "megolm.rooms";
  private static final int CACHED = 1000;

  private static final Duration DEFAULT_PERIOD = Duration.ofDays(7);
  private static final int DEFAULT_MESSAGES = 100;

  // Who may change the room's settings shall neither make each message cost a new session for
  // everybody within the hour, nor keep one session in use for ever.
  private static final Duration LEAST_PERIOD = Duration.ofHours(1);
  private static final Duration MOST_PERIOD = Duration.ofDays(28);
  private static final int LEAST_MESSAGES = 1;
  private static final int MOST_MESSAGES = 10_000;

  private final CryptoStore store;
  private final Recent<RoomId, Kept> cache = new Recent<>(CACHED);

  /// What is kept of a room.
  ///
  /// @param algorithm null as long as it is not encrypted
  private record Kept(
      @Nullable String algorithm, long periodMs, int messages, @Nullable String visibility) {
    static final Kept NOTHING = new Kept(null, DEFAULT_PERIOD.toMillis(), DEFAULT_MESSAGES, null);

    boolean supported() {
      return Fields.ALGORITHM.equals(algorithm);
    }
  }

  EncryptedRooms(CryptoStore store) {
    this.store = store;
  }

  /// Hears the content of a room's `m.room.encryption` state. That such state exists makes the room
  /// an encrypted one, even if nothing in it can be read; a known algorithm is not given up for an
  /// unknown one.
  public void heard(RoomId room, ObjectNode content) {
    Kept before = kept(room);
    String algorithm = Fields.text(content, "algorithm").orElse("");
    if (before.supported() && !Fields.ALGORITHM.equals(algorithm)) {
      return;
    }
    keep(
        room,
        before,
        new Kept(
            algorithm,
            clamped(
                content.get("rotation_period_ms"),
                LEAST_PERIOD.toMillis(),
                MOST_PERIOD.toMillis(),
                DEFAULT_PERIOD.toMillis()),
            (int)
                clamped(
                    content.get("rotation_period_msgs"),
                    LEAST_MESSAGES,
                    MOST_MESSAGES,
                    DEFAULT_MESSAGES),
            before.visibility));
  }

  private static long clamped(@Nullable JsonNode said, long least, long most, long otherwise) {
    if (said == null || !said.isIntegralNumber()) {
      return otherwise;
    }
    // What is larger than a long is larger than any limit, in its direction.
    long number =
        said.canConvertToLong()
            ? said.longValue()
            : said.bigIntegerValue().signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    return Math.clamp(number, least, most);
  }

  /// Hears `history_visibility` of a room's `m.room.history_visibility` state, whether the room is
  /// encrypted already or not.
  public void heardVisibility(RoomId room, String visibility) {
    Kept before = kept(room);
    boolean shared = visibility.equals("shared") || visibility.equals("world_readable");
    // Only what it means for keys is of interest; what a server may say is not kept.
    String kept = shared ? "shared" : "joined";
    keep(room, before, new Kept(before.algorithm, before.periodMs, before.messages, kept));
  }

  /// Whether messages to this room have to be encrypted.
  public boolean isEncrypted(RoomId room) {
    return kept(room).algorithm != null;
  }

  /// How this room is encrypted; empty if it is not.
  public Optional<RoomSettings> settings(RoomId room) {
    Kept kept = kept(room);
    if (kept.algorithm == null) {
      return Optional.empty();
    }
    return Optional.of(
        new RoomSettings(
            kept.supported(),
            Duration.ofMillis(kept.periodMs),
            kept.messages,
            "shared".equals(kept.visibility)));
  }

  private Kept kept(RoomId room) {
    Kept cached = cache.get(room);
    if (cached != null) {
      return cached;
    }
    Kept read =
        store
            .get(Shelf.STATE, GROUP, room.value())
            .map(json -> Json.bind(Json.parse(json), Kept.class))
            .orElse(Kept.NOTHING);
    cache.put(room, read);
    return read;
  }

  private void keep(RoomId room, Kept before, Kept now) {
    if (!now.equals(before)) {
      store.apply(List.of(new Change.Put(Shelf.STATE, GROUP, room.value(), Json.bytes(now))));
      cache.put(room, now);
    }
  }
}
