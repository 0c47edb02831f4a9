package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.EncryptionOutcome;
import dev.sotto.client.encryption.SyncChanges;
import dev.sotto.client.encryption.backup.BackupState;
import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// In a room with a history that is for those who come later.
class InvitesTest {
  private static final String LEVELS = "{\"invite\":50,\"users\":{\"@bot:example.org\":%d}}";
  private static final String NONE = "{\"errcode\":\"M_NOT_FOUND\",\"error\":\"\"}";
  private static final String JOINED = "{\"membership\":\"join\"}";
  private static final String LEFT = "{\"membership\":\"leave\"}";
  private static final String REFUSED = "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"\"}";

  private final Sandbox sandbox = new Sandbox().knowing(true);
  private final List<Problem> problems = new ArrayList<>();

  @BeforeEach
  void listen() {
    sandbox.handlers.addProblems(problems::add);
    makeHistory(Sandbox.ROOM);
  }

  private void makeHistory(RoomId room) {
    sandbox.machine.remember(room, NewRoom.encryption());
    ObjectNode sync = Json.object();
    ObjectNode visibility =
        sync.putObject("rooms")
            .putObject("join")
            .putObject(room.value())
            .putObject("state")
            .putArray("events")
            .addObject();
    visibility.put("type", "m.room.history_visibility").put("state_key", "");
    visibility.putObject("content").put("history_visibility", "shared");
    sandbox.machine.receive(SyncChanges.of(sync));
    while (!(said(room) instanceof EncryptionOutcome.Encrypted)) {
      for (OutgoingRequest request : sandbox.machine.outgoing()) {
        sandbox.machine.sent(request.id(), Json.object());
      }
    }
  }

  private EncryptionOutcome said(RoomId room) {
    return sandbox.machine.encrypt(
        room, Set.of(), "m.room.message", Json.object().put("body", "long ago"));
  }

  @AfterEach
  void close() {
    sandbox.close();
  }

  private List<String> asked() {
    return sandbox.server.seen().stream()
        .map(seen -> seen.path().replaceFirst("^.*/(rooms/[^/]*|v3)/", "").replaceFirst("/.*", ""))
        .toList();
  }

  @Test
  void keysAreLeftBeforeTheInvitation() {
    sandbox.server.answer(200, JOINED).answer(404, NONE).answer(200, LEVELS.formatted(50));
    sandbox.server.answer(200, "{\"content_uri\":\"mxc://example.org/keys\"}").answer(200, "{}");
    sandbox.room.invite(Sandbox.ADA);
    assertEquals(List.of("state", "state", "state", "upload", "invite"), asked());
    // Nobody answers for the machine here, which is not the one of the room.
    assertTrue(String.valueOf(problems.getFirst().cause().getMessage()).contains("devices"));
  }

  /// There is a backup that can be read.
  private void makeBackup() {
    sandbox.machine.backup().create();
    while (!(sandbox.machine.backup().state() instanceof BackupState.Active)) {
      for (OutgoingRequest request : sandbox.machine.outgoing()) {
        sandbox.machine.sent(request.id(), Json.object().put("version", "7"));
      }
    }
  }

  private void answerInvite() {
    answerCheck();
    answerUpload();
  }

  /// Where the backup is asked as well.
  private void answerInvite(String backup, int status) {
    answerCheck();
    sandbox.server.answer(status, backup);
    answerUpload();
  }

  private void answerCheck() {
    sandbox.server.answer(200, JOINED).answer(404, NONE).answer(200, LEVELS.formatted(50));
  }

  private void answerUpload() {
    sandbox.server.answer(200, "{\"content_uri\":\"mxc://example.org/keys\"}").answer(200, "{}");
  }

  @Test
  void whatTheBackupHasOfTheRoomIsTakenOnceBeforeItIsShared() {
    makeBackup();
    answerInvite("{\"sessions\":{\"one\":{}}}", 200);
    sandbox.room.invite(Sandbox.ADA);
    assertEquals(List.of("state", "state", "state", "room_keys", "upload", "invite"), asked());
    String room = URLEncoder.encode(Sandbox.ROOM.value(), StandardCharsets.UTF_8);
    assertEquals(
        "/_matrix/client/v3/room_keys/keys/" + room + "?version=7",
        sandbox.path(3).replace("!", "%21").replace(":", "%3A"));
    answerInvite();
    sandbox.room.invite(Sandbox.ADA);
    assertEquals(List.of("state", "state", "state", "upload", "invite"), asked().subList(6, 11));
  }

  @Test
  void whatIsHereIsSharedThoughTheBackupIsNotToBeHad() {
    makeBackup();
    answerInvite(REFUSED, 403);
    sandbox.room.invite(Sandbox.ADA);
    assertEquals(List.of("state", "state", "state", "room_keys", "upload", "invite"), asked());
    assertEquals(Problem.Kind.ENCRYPTION, problems.getFirst().kind());
    assertEquals(Optional.of(Sandbox.ROOM), problems.getFirst().room());
    answerInvite("[", 200);
    sandbox.room.invite(Sandbox.ADA);
    assertEquals("room_keys", asked().get(9), "it is tried again");
    assertEquals(List.of("upload", "invite"), asked().subList(10, 12));
  }

  @Test
  void backupIsNotAskedForAnInvitationThatIsBoundToBeRefused() {
    makeBackup();
    sandbox.server.answer(200, JOINED).answer(200, JOINED).answer(403, REFUSED);
    assertThrows(MatrixRequestException.class, () -> sandbox.room.invite(Sandbox.ADA));
    assertEquals(List.of("state", "state", "invite"), asked());
  }

  /// Who was kept in an earlier run to have which devices may be wrong by now.
  @Test
  void keysAreNotLeftBeforeTheServerHasSaidHowThingsAre() throws InterruptedException {
    sandbox.currency.end();
    Thread follower = Thread.ofVirtual().start(sandbox.currency::begin);
    follower.join();
    sandbox.server.answer(200, JOINED).answer(404, NONE);
    sandbox.server.answer(200, LEVELS.formatted(50)).answer(200, "{}");
    sandbox.room.invite(Sandbox.ADA);
    assertEquals(List.of("state", "state", "state", "invite"), asked());
    assertTrue(String.valueOf(problems.getFirst().cause().getMessage()).contains("not said yet"));
  }

  @Test
  void faultOfOurOwnIsNotTakenForASilentServer() {
    sandbox.currency.end();
    sandbox.encryption.failsAt = "missed";
    sandbox.server.answer(200, JOINED).answer(404, NONE).answer(200, LEVELS.formatted(50));
    assertThrows(IllegalStateException.class, () -> sandbox.room.invite(Sandbox.ADA));
    assertEquals(List.of(), problems);
  }

  @Test
  void whoIsBannedGetsNoKeys() {
    sandbox.server.answer(200, JOINED).answer(200, "{\"membership\":\"ban\"}").answer(403, REFUSED);
    assertThrows(MatrixRequestException.class, () -> sandbox.room.invite(Sandbox.ADA));
    assertEquals(List.of("state", "state", "invite"), asked());
  }

  @Test
  void whoIsThereGetsNoKeys() {
    sandbox.server.answer(200, JOINED).answer(200, JOINED).answer(403, REFUSED);
    assertThrows(MatrixRequestException.class, () -> sandbox.room.invite(Sandbox.ADA));
    assertEquals(List.of("state", "state", "invite"), asked());
  }

  @Test
  void whoMayNotInviteGivesNoKeys() {
    sandbox.server.answer(200, JOINED).answer(200, LEFT).answer(200, LEVELS.formatted(0));
    sandbox.server.answer(403, REFUSED);
    assertThrows(MatrixRequestException.class, () -> sandbox.room.invite(Sandbox.ADA));
    assertEquals(List.of("state", "state", "state", "invite"), asked());
  }

  @Test
  void whoHasLeftGivesNoKeys() {
    sandbox.server.answer(200, LEFT).answer(403, REFUSED);
    assertThrows(MatrixRequestException.class, () -> sandbox.room.invite(Sandbox.ADA));
    assertEquals(List.of("state", "invite"), asked());
  }

  @Test
  void invitationDoesNotDependOnTheCheck() {
    sandbox.server.answer(403, REFUSED).answer(200, "{}");
    sandbox.room.invite(Sandbox.ADA);
    assertEquals(List.of("state", "invite"), asked());
    assertEquals(Problem.Kind.ENCRYPTION, problems.getFirst().kind());
  }

  @Test
  void creatorsMayInviteWithoutBeingListed() {
    RoomId newer = new RoomId("!abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG");
    makeHistory(newer);
    sandbox.server.answer(200, JOINED).answer(404, NONE).answer(200, LEVELS.formatted(0));
    sandbox.server.answer(
        200,
        """
        {"sender": "@ada:example.org", "content": {"additional_creators": ["@bot:example.org"]}}
        """);
    sandbox.server.answer(200, "{\"content_uri\":\"mxc://example.org/keys\"}").answer(200, "{}");
    new Room(sandbox.services, newer).invite(Sandbox.ADA);
    assertEquals(List.of("state", "state", "state", "event", "upload", "invite"), asked());
    assertTrue(sandbox.path(3).endsWith("/event/%24abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"));
  }
}
