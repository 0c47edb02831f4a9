package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.json.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoomTest {
  private static final EventId EVENT = new EventId("$event");

  private final Sandbox sandbox = new Sandbox().knowing(true);

  @AfterEach
  void close() {
    sandbox.close();
  }

  @Test
  void answerThatIsNoEventIsTheServersFault() {
    sandbox.server.answer(200, "{}");
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> sandbox.room.event(EVENT));
    assertEquals(MatrixRequestException.Kind.GARBLED, failure.kind());
  }

  @Test
  void whatFailsWhileAnEventIsDecryptedIsNoFaultOfTheAnswer() {
    sandbox.encryption.failsAt = "q1";
    sandbox.encryption.outgoing.add(new OutgoingRequest.KeysQuery("q1", Json.object()));
    sandbox.server.answer(
        200,
        """
        {"type": "m.room.encrypted", "event_id": "$event", "sender": "@ada:example.org",
         "content": {"ciphertext": "of a key that is not here"}}
        """);
    sandbox.server.answer(200, "{}");
    assertThrows(MatrixException.class, () -> sandbox.room.event(EVENT));
  }
}
