package dev.sotto.client.encryption.megolm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// Whatever happens in a room: a message is read by the devices that were in it and trusted when it
/// was written, and never by any other.
class ReadersTest {
  private static final int STEPS = 120;
  private static final List<Party> OTHERS =
      Stream.of("@alice:a.org TABLET", "@bob:b.org B1", "@bob:b.org B2", "@carol:c.org C1")
          .map(name -> name.split(" "))
          .map(name -> new Party(name[0], name[1], new MemoryStore()))
          .toList();

  private final Set<Party> inRoom = new LinkedHashSet<>(OTHERS);
  private final List<Sent> sent = new ArrayList<>();
  private Party alice = new Party("@alice:a.org", "PHONE", new MemoryStore());

  /// @param readers who is to read it
  private record Sent(ObjectNode event, String text, Set<Party> readers) {}

  @AfterAll
  static void close() {
    OTHERS.forEach(Party::close);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void areThoseWhoWereThereAndNobodyElse(long seed) {
    alice
        .keys
        .rooms()
        .heard(
            Party.ROOM,
            Json.object().put("algorithm", "m.megolm.v1.aes-sha2").put("rotation_period_msgs", 7));
    Random random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      Party other = OTHERS.get(random.nextInt(OTHERS.size()));
      switch (random.nextInt(8)) {
        case 0 -> leavesOrComes(other);
        case 1 -> trusts(other, random.nextInt(4) > 0);
        case 2 -> alice = alice.restarted();
        case 3 -> alice.passes(Duration.ofHours(random.nextInt(60)));
        case 4 -> alice.keys.outbound().block(other.device(), random.nextInt(4) == 0);
        default -> writes("message " + step);
      }
    }
    int read = 0;
    for (Sent message : sent) {
      for (Party party : OTHERS) {
        boolean reads = message.text.equals(party.text(message.event));
        assertEquals(message.readers.contains(party), reads, message.text + " by " + party.id);
        read += reads ? 1 : 0;
      }
      assertEquals(message.text, alice.text(message.event));
    }
    int pairs = sent.size() * OTHERS.size();
    assertTrue(read > pairs / 10 && read < pairs * 9 / 10, read + " of " + pairs);
    alice.close();
  }

  private void leavesOrComes(Party other) {
    if (!inRoom.remove(other)) {
      inRoom.add(other);
    }
  }

  private void trusts(Party other, boolean signed) {
    alice.trust.put(other.id, signed ? DeviceTrust.SIGNED : DeviceTrust.UNSIGNED);
  }

  private void writes(String text) {
    Set<Party> readers = new HashSet<>(inRoom);
    readers.removeIf(
        party ->
            alice.trust.get(party.id) == DeviceTrust.UNSIGNED
                || alice.keys.outbound().isBlocked(party.device()));
    alice.shares(inRoom.toArray(Party[]::new));
    // Keys reach also those who left: what was meant for them is delivered, and nothing else.
    alice.delivers(OTHERS.toArray(Party[]::new));
    sent.add(new Sent(alice.encrypts(text), text, readers));
  }

  @Test
  void areNoneWhereNobodyIs() {
    alice.encryptsRoom();
    inRoom.clear();
    writes("to myself");
    assertEquals("to myself", alice.text(sent.getFirst().event));
    OTHERS.forEach(party -> assertEquals("UNKNOWN_SESSION", party.text(sent.getFirst().event)));
    alice.close();
  }
}
