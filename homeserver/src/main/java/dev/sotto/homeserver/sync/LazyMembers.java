package dev.sotto.homeserver.sync;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remembers which members each device was told of, so that lazily loaded ones are sent once.
///
/// What an answer told counts only when the device comes back with that answer's token: an answer
/// that was lost is made again whole. Forgetting is harmless: the member is sent again.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#lazy-loading-room-members
final class LazyMembers {
  private static final int MAX_ENTRIES = 200_000;
  private static final int MAX_ENTRIES_OF_DEVICE = 5_000;
  private static final Duration KEPT = Duration.ofHours(1);

  /// A member of a room.
  record Member(long room, UserId user) {}

  private record Key(UserId user, DeviceId device) {}

  private final Cache<Key, Memory> devices =
      Caffeine.newBuilder()
          .maximumWeight(MAX_ENTRIES)
          .weigher((Key _, Memory memory) -> memory.size())
          .expireAfterAccess(KEPT)
          .build();

  /// What `device` knows when it asks with `since`; null is a device that knows nothing.
  Memory of(UserId user, @Nullable DeviceId device, @Nullable StreamToken since) {
    if (device == null) {
      return new Memory();
    }
    Memory memory = devices.get(new Key(user, device), _ -> new Memory());
    memory.resume(since);
    return memory;
  }

  /// Takes note of what the answer that ends at `next` tells.
  void told(
      UserId user,
      @Nullable DeviceId device,
      Memory memory,
      StreamToken next,
      Map<Member, Long> members) {
    if (device != null && !members.isEmpty()) {
      memory.tell(next, members);
      // Put again, so that it is weighed again.
      devices.put(new Key(user, device), memory);
    }
  }

  /// What one device was told: for each member, the position of the membership event.
  static final class Memory {
    private final Map<Member, Long> known =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Member, Long> eldest) {
            return size() > MAX_ENTRIES_OF_DEVICE;
          }
        };
    private final Map<Member, Long> told = new HashMap<>();
    private @Nullable StreamToken toldAt;

    private synchronized void resume(@Nullable StreamToken since) {
      if (since == null) {
        known.clear();
      } else if (since.equals(toldAt)) {
        known.putAll(told);
      }
      told.clear();
      toldAt = null;
    }

    private synchronized void tell(StreamToken next, Map<Member, Long> members) {
      told.clear();
      told.putAll(members);
      toldAt = next;
    }

    /// Whether the device has the membership event at `position`.
    synchronized boolean knows(Member member, long position) {
      Long known = this.known.get(member);
      return known != null && known == position;
    }

    private synchronized int size() {
      return 1 + known.size() + told.size();
    }
  }
}
