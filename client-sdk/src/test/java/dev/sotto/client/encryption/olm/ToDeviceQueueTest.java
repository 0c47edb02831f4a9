package dev.sotto.client.encryption.olm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// What of a request is sent, and how often, to a server that does not take all.
class ToDeviceQueueTest {
  private static final RoomId ROOM = new RoomId("!room:example.org");
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final int DEVICES = 100;

  private final MemoryStore store = new MemoryStore();
  private final ToDeviceQueue queue = open();
  private final Set<String> sent = new HashSet<>();
  private final Set<String> givenUp = new HashSet<>();

  private ToDeviceQueue open() {
    return new ToDeviceQueue(store, new RequestIds(new SecureRandom()));
  }

  private void addAll() {
    Map<String, ObjectNode> messages = new TreeMap<>();
    for (int i = 0; i < DEVICES; i++) {
      messages.put("D" + i, Json.object());
    }
    queue.addKeys(ROOM, OlmChannel.ENCRYPTED, Map.of(ALICE, messages));
  }

  private static Set<String> devices(ToDevice request) {
    return Set.copyOf(request.body().path("messages").path(ALICE.value()).propertyNames());
  }

  /// Sends until there is nothing to be sent; gives how many requests that took.
  private int sendsAll(Predicate<Set<String>> taken) {
    int requests = 0;
    for (List<ToDevice> all = queue.pending(); !all.isEmpty(); all = queue.pending()) {
      for (ToDevice request : all) {
        requests++;
        if (taken.test(devices(request))) {
          queue.sent(request);
          sent.addAll(devices(request));
        } else {
          givenUp.addAll(
              queue.refused(request).stream()
                  .map(ToDeviceQueue.Refused::device)
                  .collect(Collectors.toSet()));
        }
      }
    }
    assertTrue(open().pending().isEmpty());
    return requests;
  }

  @Test
  void aServerThatTakesNothingIsNotAskedForEachDevice() {
    addAll();
    int requests = sendsAll(_ -> false);
    assertEquals(16, requests);
    assertEquals(DEVICES, givenUp.size());
  }

  @Test
  void oneMessageThatIsNotTakenKeepsNobodyFromGettingTheirs() {
    for (int i = 0; i < DEVICES; i += 9) {
      sent.clear();
      givenUp.clear();
      addAll();
      String refused = "D" + i;
      sendsAll(devices -> !devices.contains(refused));
      assertEquals(Set.of(refused), givenUp);
      assertEquals(DEVICES - 1, sent.size());
    }
  }

  @Test
  void aServerThatTakesOnlyShortRequestsGetsAll() {
    addAll();
    sendsAll(devices -> devices.size() < 3);
    assertEquals(Set.of(), givenUp);
    assertEquals(DEVICES, sent.size());
  }
}
