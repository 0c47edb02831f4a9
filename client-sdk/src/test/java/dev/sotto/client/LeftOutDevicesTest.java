package dev.sotto.client;

import static dev.sotto.client.Sandbox.ADA;
import static dev.sotto.client.Sandbox.BOT;
import static dev.sotto.client.Sandbox.ROOM;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.encryption.Encryption.Encrypted;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeftOutDevicesTest {
  private final Handlers handlers = new Handlers();
  private final List<Problem> problems = new ArrayList<>();
  private final LeftOutDevices leftOut = new LeftOutDevices(handlers);

  LeftOutDevicesTest() {
    handlers.addProblems(problems::add);
  }

  @Test
  void whoseDevicesAreNotKnownIsToldOnceForEachUser() {
    leftOut.tell(ROOM, new Encrypted(Json.object(), List.of(), Set.of(ADA)));
    leftOut.tell(ROOM, new Encrypted(Json.object(), List.of(), Set.of(ADA, BOT)));
    leftOut.tell(ROOM, new Encrypted(Json.object(), List.of(), Set.of()));
    assertEquals(
        List.of(Problem.Kind.LEFT_OUT, Problem.Kind.LEFT_OUT),
        problems.stream().map(Problem::kind).toList());
    assertEquals(Optional.of(ROOM), problems.getFirst().room());
    assertEquals(
        "The server does not say which devices @ada:example.org has now; new ones cannot read our"
            + " messages.",
        problems.getFirst().cause().getMessage());
  }
}
