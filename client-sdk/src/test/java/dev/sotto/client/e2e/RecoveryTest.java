package dev.sotto.client.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.BuiltServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A user with the SDK on one device and matrix-js-sdk on the other, each of which takes up, with
/// the recovery key alone, what the other has left at the server.
class RecoveryTest {
  @TempDir private Path folder;
  private BuiltServer server;

  @BeforeEach
  void start() throws Exception {
    server = BuiltServer.start(folder, "required");
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private SdkProcess sdk(String user) throws IOException {
    return new SdkProcess(server, user, Files.createDirectory(folder.resolve(user)));
  }

  @Test
  void theSdkTakesUpWhatElementHasLeft() throws Exception {
    String key;
    String room;
    String event;
    try (Element element = Element.first(server, server.registerAndLogIn("alice"))) {
      key = element.setUpRecovery();
      room = element.createRoom();
      event = element.say(room, "before you were there");
      element.awaitBackedUp(1);
    }
    try (SdkProcess sdk = sdk("alice")) {
      sdk.awaitRoom(room);
      assertFalse(sdk.isDeviceSigned());
      assertTrue(sdk.recover(key));
      assertTrue(sdk.isDeviceSigned());
      assertEquals("before you were there", sdk.readOld(room, event));
    }
  }

  @Test
  void elementTakesUpWhatTheSdkHasLeft() throws Exception {
    server.register("bob");
    String key;
    String room;
    String event;
    try (SdkProcess sdk = sdk("bob")) {
      key = sdk.setUpRecovery();
      room = sdk.createRoom();
      event = sdk.say(room, "before you were there");
      try (Element element = Element.later(server, server.logIn("bob"))) {
        element.awaitBackedUp(1);
        assertEquals(1, element.recover(key));
        element.scrollBack(room);
        assertEquals("before you were there", element.read(room, event).body());
        element.awaitVerified("@bob:localhost");
      }
    }
  }
}
