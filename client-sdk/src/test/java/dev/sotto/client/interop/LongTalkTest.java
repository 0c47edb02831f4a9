package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Four people who talk at random, hear of it at random times, change their sessions, run out of
/// one-time keys and start their programs anew. Each reads all.
class LongTalkTest extends InteropTest {
  private static final int STEPS = 150;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void everyMessageIsReadByEverybody(long seed) {
    Random random = new Random(seed);
    Peer[] people =
        Stream.of(
                machines.person(pairing.first, "alice"),
                machines.person(pairing.second, "bob"),
                machines.person(pairing.first, "carol"),
                machines.person(pairing.second, "dave"))
            .toArray(Peer[]::new);
    RoomId room = server.room(true, Stream.of(people).map(Peer::user).toArray(UserId[]::new));
    settle(people);
    Map<String, String> said = new LinkedHashMap<>();
    for (int step = 0; step < STEPS; step++) {
      Peer one = people[random.nextInt(people.length)];
      switch (random.nextInt(10)) {
        case 0 -> one.rotate(room);
        case 1 -> server.keys.useUp(one.endpoint);
        case 2, 3 -> one.restart();
        case 4, 5, 6 -> settle(one);
        default -> {
          String text = "step " + step + " by " + one.user();
          said.put(one.say(room, text), text);
        }
      }
    }
    settle(people);
    for (Peer reader : List.of(people)) {
      said.forEach((event, text) -> assertEquals(text, read(reader, event).body()));
    }
  }
}
