package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Stream;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.keys.OneTimeKeys;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.todevice.ToDevice;
import dev.sotto.homeserver.todevice.ToDeviceBatch;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds what is for one device alone: messages to it, and how many of its keys are left.
record DeviceNews(Journal journal, Users users, ToDevice toDevice, OneTimeKeys keys) {
  private static final int MAX_MESSAGES = 100;

  /// What a device is told.
  ///
  /// @param upTo the position up to which these are all messages that there are
  /// @param keysChanged whether keys were used or added since
  record Part(
      List<byte[]> messages,
      long upTo,
      Map<String, Long> keyCounts,
      List<String> unusedFallbackTypes,
      boolean keysChanged) {

    /// Whether this alone is worth an answer.
    boolean isNews() {
      return keysChanged || !messages.isEmpty();
    }
  }

  /// Takes note that a device has what came up to `since`, so that it need not be kept for it.
  void arrived(UserId user, @Nullable DeviceId device, @Nullable StreamToken since) {
    if (device != null && since != null) {
      toDevice.deleteUpTo(users.number(user), device, since.toDevice());
    }
  }

  /// What came since; null for who has no device.
  @Nullable Part since(
      UserId user, @Nullable DeviceId device, @Nullable StreamToken since, long to) {
    if (device == null) {
      return null;
    }
    long number = users.number(user);
    long from = since == null ? 0 : since.toDevice();
    ToDeviceBatch batch = toDevice.since(number, device, from, to, MAX_MESSAGES);
    return new Part(
        batch.messages(),
        batch.last(),
        keys.counts(number, device),
        keys.unusedFallbackTypes(number, device),
        since != null && journal.latest(Stream.KEY_COUNTS, Topics.user(number)) > since.position());
  }
}
