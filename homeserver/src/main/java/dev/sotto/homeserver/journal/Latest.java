package dev.sotto.homeserver.journal;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The position of the newest row of each stream about each topic, so that whoever asks what is new
/// about many topics looks only where something is, however much else happened meanwhile.
final class Latest {
  private static final int MAX_TOPICS = 100_000;

  private final int maxTopics;
  private final Map<Stream, ConcurrentHashMap<Long, Long>> byTopic = new EnumMap<>(Stream.class);

  /// What is not in the map has its newest row at or before this.
  private volatile long floor;

  Latest(long head) {
    this(head, MAX_TOPICS);
  }

  Latest(long head, int maxTopics) {
    this.floor = head;
    this.maxTopics = maxTopics;
    for (Stream stream : Stream.values()) {
      byTopic.put(stream, new ConcurrentHashMap<>());
    }
  }

  /// Takes note of a row; called by the journal's thread alone, in the order of positions.
  void add(Row row) {
    ConcurrentHashMap<Long, Long> positions = of(row.stream());
    if (positions.size() >= maxTopics) {
      // The floor first: a reader who no longer finds a topic must find the floor that covers it.
      floor = row.position();
      positions.clear();
    }
    for (long topic : row.topics()) {
      positions.put(topic, row.position());
    }
  }

  /// A position after which there is no row of `stream` about `topic`.
  long position(Stream stream, long topic) {
    Long known = of(stream).get(topic);
    return known == null ? floor : known;
  }

  private ConcurrentHashMap<Long, Long> of(Stream stream) {
    ConcurrentHashMap<Long, Long> positions = byTopic.get(stream);
    if (positions == null) {
      throw new IllegalStateException("no topics of " + stream);
    }
    return positions;
  }
}
