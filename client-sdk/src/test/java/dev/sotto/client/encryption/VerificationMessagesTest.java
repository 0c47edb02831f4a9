package dev.sotto.client.encryption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.RoomMessage;
import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.client.encryption.verification.TimelineEvent;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a verification has to say in a room is sent as long as it says something.
class VerificationMessagesTest {
  private static final RoomId ROOM = new RoomId("!one:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");

  private final MemoryStore store = new MemoryStore();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Machine machine =
      Machine.open(store, OwnDevice.ALICE, new DeviceId("PHONE"), new SecureRandom(), () -> now);

  @AfterEach
  void close() {
    machine.close();
    store.close();
  }

  private List<RoomMessage> outgoing() {
    return machine.outgoing().stream()
        .filter(RoomMessage.class::isInstance)
        .map(RoomMessage.class::cast)
        .toList();
  }

  private List<String> types() {
    return outgoing().stream().map(RoomMessage::eventType).toList();
  }

  private Verification.RequestReceived requested() {
    requests("$r");
    return assertInstanceOf(
        Verification.RequestReceived.class, machine.verification().open().getFirst());
  }

  private void requests(String event) {
    ObjectNode content =
        Json.object()
            .put("msgtype", "m.key.verification.request")
            .put("body", "?")
            .put("from_device", "BOBS")
            .put("to", OwnDevice.ALICE.value());
    content.putArray("methods").add("m.sas.v1");
    machine.receive(
        new TimelineEvent(
            ROOM, new EventId(event), BOB, new DeviceId("BOBS"), now, "m.room.message", content));
  }

  /// Who answers at once, as a program does, may go on before keys that are asked for later come.
  @Test
  void keysOfWhoeverIsAskedAreAskedForBefore() {
    machine.verification().request(BOB, new DeviceId("BOBS"));
    List<OutgoingRequest> requests =
        machine.outgoing().stream()
            .filter(request -> request instanceof KeysQuery || request instanceof ToDevice)
            .toList();
    KeysQuery query = assertInstanceOf(KeysQuery.class, requests.getFirst());
    assertTrue(query.body().path("device_keys").has(BOB.value()), query::toString);
    assertInstanceOf(ToDevice.class, requests.getLast());
  }

  @Test
  void aRequestThatWasTakenBackBeforeItWasSentIsNotSent() {
    Verification.RequestSent request = machine.verification().request(ROOM, BOB);
    machine.unanswered(outgoing().getFirst().id());
    machine.verification().cancel(request);
    assertEquals(List.of(), types());
  }

  @Test
  void whoMakesUpMessagesIsAnsweredOnlySoOften() {
    hearsMadeUp("one");
    assertEquals(64, answers());
    now = now.plus(Duration.ofMinutes(11));
    hearsMadeUp("two");
    assertEquals(64, answers());
  }

  @Test
  void whoAsksAgainAndAgainInARoomIsAnsweredOnlySoOften() {
    for (int i = 0; i < 200; i++) {
      requests("$r" + i);
    }
    assertEquals(64, outgoing().size());
  }

  private void hearsMadeUp(String name) {
    ObjectNode sync = Json.object();
    ArrayNode events = sync.putObject("to_device").putArray("events");
    for (int i = 0; i < 200; i++) {
      events
          .addObject()
          .put("type", "m.key.verification.key")
          .put("sender", BOB.value())
          .putObject("content")
          .put("transaction_id", name + i)
          .put("key", "?");
    }
    machine.receive(SyncChanges.of(sync));
  }

  private long answers() {
    return machine.outgoing().stream().filter(ToDevice.class::isInstance).count();
  }

  @Test
  void onlyThatItEndedIsSaidOfAVerificationThatHasEnded() {
    Verification.Ready ready =
        assertInstanceOf(Verification.Ready.class, machine.verification().accept(requested()));
    machine.unanswered(outgoing().getFirst().id());
    machine.verification().cancel(ready);
    List<RoomMessage> left = outgoing();
    assertEquals(
        List.of("m.key.verification.cancel"), left.stream().map(RoomMessage::eventType).toList());
    machine.unanswered(left.getFirst().id());
    now = now.plus(Duration.ofMinutes(11));
    assertEquals(List.of(), types());
  }
}
