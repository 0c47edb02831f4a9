package dev.sotto.client;

import static dev.sotto.client.Sandbox.ADA;
import static dev.sotto.client.Sandbox.BOT;
import static dev.sotto.client.Sandbox.ROOM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sotto.client.encryption.EncryptionOutcome.Encrypted;
import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.megolm.Sharing.LeftOut;
import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.error.LeftOutException;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
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

  @Test
  void problemSaysWhoAndWhichDeviceAndWhy() throws EngineException {
    byte[] key = new byte[32];
    key[0] = 9;
    Device device =
        new Device(
            ADA,
            new DeviceId("DESK"),
            Curve25519Key.of(key),
            VerifyKey.of(key),
            null,
            Json.object());
    leftOut.tell(ROOM, List.of(new LeftOut(device, "m.unverified")));
    leftOut.tell(ROOM, new Encrypted(Json.object(), List.of(), Set.of(BOT)));
    LeftOutException desk = assertInstanceOf(LeftOutException.class, problems.getFirst().cause());
    assertEquals(ADA, desk.user());
    assertEquals(Optional.of(new DeviceId("DESK")), desk.device());
    assertEquals(Optional.of("m.unverified"), desk.code());
    assertEquals(
        "Device DESK of @ada:example.org cannot read our messages: it is not verified.",
        desk.getMessage());
    LeftOutException unknown = assertInstanceOf(LeftOutException.class, problems.getLast().cause());
    assertEquals(BOT, unknown.user());
    assertEquals(Optional.empty(), unknown.device());
    assertEquals(Optional.empty(), unknown.code());
  }
}
