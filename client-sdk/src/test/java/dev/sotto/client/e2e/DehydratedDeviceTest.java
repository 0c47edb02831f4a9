package dev.sotto.client.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.BuiltServer;
import dev.sotto.client.ClientBuilder;
import dev.sotto.client.MatrixClient;
import dev.sotto.client.NewRoom;
import dev.sotto.client.Room;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.TextMessage;
import dev.sotto.protocol.id.UserId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said while no device of a user is there is read by the next one, be the device that was
/// left asleep one of the SDK's or of matrix-js-sdk's.
class DehydratedDeviceTest {
  private static final UserId ALICE = new UserId("@alice:localhost");

  @TempDir private Path folder;
  private final List<MatrixClient> clients = new ArrayList<>();
  private BuiltServer server;
  private MatrixClient bob;
  private Room room;

  @BeforeEach
  void start() throws Exception {
    server = BuiltServer.start(folder, "required");
    server.register("alice");
    server.register("bob");
    bob = logIn("bob");
    bob.start();
    bob.awaitFirstSync();
    room = bob.createRoom(NewRoom.named("Kitchen").invite(ALICE));
  }

  @AfterEach
  void stop() {
    clients.forEach(MatrixClient::close);
    if (server != null) {
      server.close();
    }
  }

  private MatrixClient logIn(String user) {
    return logIn(user, MatrixClient.at(server.url()));
  }

  private MatrixClient logIn(String user, ClientBuilder builder) {
    MatrixClient client = builder.login(user, BuiltServer.PASSWORD);
    clients.add(client);
    return client;
  }

  @Test
  void theSdkWakesWhatElementHasLeft() {
    String key;
    try (Element element = Element.first(server, server.logIn("alice"))) {
      key = element.setUpRecovery();
      element.join(room.id().value());
      element.dehydrate();
    }
    var sent = room.send("Anyone there?");
    MatrixClient alice = logIn("alice", MatrixClient.at(server.url()).recoveryKey(key));
    RoomEvent read = alice.room(room.id()).event(sent);
    assertEquals("Anyone there?", assertInstanceOf(TextMessage.class, read).text());
  }

  @Test
  void elementWakesWhatTheSdkHasLeft() {
    MatrixClient alice = logIn("alice");
    alice.join(room.id().value());
    String key = alice.recovery().setUp();
    assertTrue(alice.recovery().leaveDehydratedDevice(key));
    alice.logout();
    var sent = room.send("Anyone there?");
    try (Element element = Element.later(server, server.logIn("alice"))) {
      element.recover(key);
      element.dehydrate();
      element.scrollBack(room.id().value());
      assertEquals("Anyone there?", element.read(room.id().value(), sent.value()).body());
    }
  }
}
