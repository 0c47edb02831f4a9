package dev.sotto.client;

import static dev.sotto.client.Sandbox.ROOM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysClaim;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.RoomMessage;
import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.client.http.FakeServer;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What came of each request is told, and no failure is another request's.
class PumpTest {
  private final Sandbox sandbox = new Sandbox();
  private final List<Problem> problems = new ArrayList<>();

  PumpTest() {
    sandbox.handlers.addProblems(problems::add);
  }

  @AfterEach
  void close() {
    sandbox.close();
  }

  private void wanted(OutgoingRequest... requests) {
    sandbox.encryption.outgoing.addAll(List.of(requests));
  }

  private static ToDevice toDevice(String id) {
    return new ToDevice(id, "m.room.encrypted", Json.object());
  }

  private static RoomMessage message(String id) {
    return new RoomMessage(id, ROOM, "m.key.verification.done", Json.object());
  }

  private static KeysQuery query(String id) {
    return new KeysQuery(id, Json.object());
  }

  @Test
  void messageThatCannotBeEncryptedHoldsUpNothing() {
    sandbox.knowing(true);
    sandbox.encryption.roundsNeeded = 1000;
    wanted(message("m1"), toDevice("t1"));
    sandbox.server.answer(200, "{}");
    assertTrue(sandbox.pump.flush().isPresent());
    assertEquals(List.of("unsendable m1", "sent t1"), sandbox.encryption.outcomes);
    assertEquals(1, problems.size());
  }

  @Test
  void faultOfOurOwnLeavesNoLaterRequestUnderWay() {
    sandbox.encryption.failsAt = "t1";
    wanted(toDevice("t1"), toDevice("t2"), query("q1"));
    sandbox.server.answer(200, "{}");
    assertThrows(MatrixException.class, sandbox.pump::flush);
    assertEquals(List.of("unanswered t2", "unanswered q1"), sandbox.encryption.outcomes);
  }

  @Test
  void claimIsSentOnce() {
    wanted(new KeysClaim("c1", Json.object()));
    sandbox.server.answers(5, FakeServer.json(503, "{}", Map.of()));
    sandbox.pump.flush();
    assertEquals(1, sandbox.server.seen().size());
  }

  @Test
  void kindOfRequestThatFailsHoldsUpNoOther() {
    wanted(query("q1"), query("q2"), toDevice("t1"));
    sandbox.server.answers(5, FakeServer.json(503, "{}", Map.of()));
    sandbox.server.answer(200, "{}");
    sandbox.pump.flush();
    assertEquals(
        List.of("unanswered q1", "unanswered q2", "sent t1"),
        sandbox.encryption.outcomes.subList(0, 3));
    assertEquals(6, sandbox.server.seen().size());
  }

  @Test
  void refusedKindIsNotAskedForAgainInTheSameFlush() {
    wanted(query("q1"), toDevice("t1"));
    sandbox.server.answer(403, "{\"errcode\":\"M_FORBIDDEN\"}");
    sandbox.server.answer(200, "{}");
    sandbox.pump.flush();
    assertEquals(List.of("refused q1 M_FORBIDDEN", "sent t1"), sandbox.encryption.outcomes);
  }

  @Test
  void answerThatCannotBeReadIsAskedForInPartsAtOnce() {
    wanted(query("q1"), query("q2"));
    sandbox.server.answer(200, "no JSON");
    sandbox.server.answer(200, "{}");
    assertTrue(sandbox.pump.flush().isEmpty());
    assertEquals(List.of("unusable q1", "sent q2"), sandbox.encryption.outcomes);
    assertEquals(1, problems.size());
  }

  @Test
  void answerOverWhichTheServerBreaksDownIsAskedForInPartsLater() {
    wanted(query("q1"), query("q2"), toDevice("t1"));
    sandbox.server.answers(5, FakeServer.json(500, "{}", Map.of()));
    sandbox.server.answer(200, "{}");
    assertTrue(sandbox.pump.flush().isPresent());
    assertEquals(
        List.of("unusable q1", "unanswered q2", "sent t1"),
        sandbox.encryption.outcomes.subList(0, 3));
  }

  @Test
  void serverThatCannotBeReachedIsNotAskedForTheRest() {
    wanted(query("q1"), toDevice("t1"));
    sandbox.server.close();
    sandbox.pump.flush();
    assertEquals(List.of("unanswered q1", "unanswered t1"), sandbox.encryption.outcomes);
    assertEquals(1, problems.size());
  }
}
