package dev.sotto.homeserver.journal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Who waits for news about what.
public final class Watchers {
  private final ConcurrentHashMap<Long, Set<Watch>> byTopic = new ConcurrentHashMap<>();

  /// Starts to watch; close what it returns.
  public Watch watch(long... topics) {
    Watch watch = new Watch(this, topics);
    for (long topic : topics) {
      byTopic.compute(
          topic,
          (_, watches) -> {
            Set<Watch> set = watches == null ? ConcurrentHashMap.newKeySet() : watches;
            set.add(watch);
            return set;
          });
    }
    return watch;
  }

  /// Tells those who watch any of these topics to read again. Also for news that has no position,
  /// such as typing.
  public void wake(long... topics) {
    for (long topic : topics) {
      Set<Watch> watches = byTopic.get(topic);
      if (watches != null) {
        watches.forEach(Watch::signal);
      }
    }
  }

  void remove(Watch watch) {
    for (long topic : watch.topics()) {
      byTopic.computeIfPresent(
          topic,
          (_, watches) -> {
            watches.remove(watch);
            return watches.isEmpty() ? null : watches;
          });
    }
  }
}
