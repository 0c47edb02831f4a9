package dev.sotto.homeserver.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.homeserver.keys.KeyStation.Phone;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DeviceKeysTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");

  private final KeyStation station = new KeyStation();

  @AfterEach
  void close() {
    station.close();
  }

  private ErrorCode refusal(Phone phone, Consumer<ObjectNode> change) {
    ObjectNode body = Json.object();
    ObjectNode identity = phone.identity();
    change.accept(identity);
    body.set("device_keys", identity);
    return assertThrows(MatrixException.class, () -> phone.upload(station, body)).code();
  }

  private Set<UserId> changed(UserId viewer, long from) {
    return station.keys.deviceLists().changedUsers(viewer, from, station.journal.head());
  }

  @Test
  void uploadedKeysAreFoundWithTheNameOfTheDevice() {
    Phone phone = station.phone(ALICE, "PHONE");
    phone.uploadIdentity(station);
    station.users.number(BOB);
    Map<UserId, Map<String, String>> found =
        station.keys.queries().query(BOB, Map.of(ALICE, List.of(), BOB, List.of())).devices();
    ObjectNode expected = phone.identity();
    expected.putObject("unsigned").put("device_display_name", "PHONE's name");
    assertEquals(Set.of(ALICE, BOB), found.keySet());
    assertEquals(Map.of(), found.get(BOB));
    assertEquals(
        expected, Json.parseObject(found.getOrDefault(ALICE, Map.of()).getOrDefault("PHONE", "")));
  }

  @Test
  void onlyTheDevicesAskedForAreAnswered() {
    station.phone(ALICE, "ONE").uploadIdentity(station);
    station.phone(ALICE, "TWO").uploadIdentity(station);
    Map<UserId, Map<String, String>> found =
        station.keys.queries().query(BOB, Map.of(ALICE, List.of("TWO", "THREE"))).devices();
    assertEquals(Set.of("TWO"), found.getOrDefault(ALICE, Map.of()).keySet());
  }

  @Test
  void keysOfAnotherFormAreRefused() {
    Phone phone = station.phone(ALICE, "PHONE");
    assertEquals(ErrorCode.M_BAD_JSON, refusal(phone, json -> json.put("user_id", BOB.value())));
    assertEquals(ErrorCode.M_BAD_JSON, refusal(phone, json -> json.put("device_id", "OTHER")));
    for (String member : List.of("algorithms", "keys", "signatures")) {
      assertEquals(ErrorCode.M_BAD_JSON, refusal(phone, json -> json.remove(member)), member);
    }
    assertEquals(
        ErrorCode.M_INVALID_PARAM,
        refusal(phone, json -> ((ObjectNode) json.path("keys")).put("curve25519:PHONE", "short")));
    assertEquals(
        ErrorCode.M_INVALID_PARAM,
        refusal(phone, json -> ((ObjectNode) json.path("keys")).remove("ed25519:PHONE")));
  }

  @Test
  void keysThatTheDeviceDidNotSignAreRefused() {
    Phone phone = station.phone(ALICE, "PHONE");
    assertEquals(
        ErrorCode.M_INVALID_SIGNATURE,
        refusal(phone, json -> json.putArray("algorithms").add("another")));
    assertEquals(
        ErrorCode.M_INVALID_SIGNATURE,
        refusal(phone, json -> json.putObject("signatures").putObject(ALICE.value())));
    assertEquals(
        Map.of(),
        station.keys.queries().query(ALICE, Map.of(ALICE, List.of())).devices().get(ALICE));
  }

  @Test
  void aDeviceThatWasLoggedOutLeavesNoKeysBehind() {
    Phone phone =
        new Phone(
            ALICE,
            station.users.number(ALICE),
            new dev.sotto.protocol.id.DeviceId("GONE"),
            KeyStation.signingKey("ed25519:GONE", "gone"));
    assertEquals(ErrorCode.M_UNKNOWN_TOKEN, refusal(phone, _ -> {}));
  }

  @Test
  void changesAreToldToThoseWhoShareARoom() {
    Phone phone = station.phone(ALICE, "PHONE");
    UserId carol = new UserId("@carol:example.org");
    station.users.number(BOB);
    station.users.number(carol);
    station.inRoom.addAll(Set.of(ALICE, BOB));
    long start = station.journal.head();
    phone.uploadIdentity(station);
    assertEquals(Set.of(ALICE), changed(BOB, start));
    assertEquals(Set.of(ALICE), changed(ALICE, start));
    assertEquals(Set.of(), changed(carol, start));

    long afterUpload = station.journal.head();
    phone.uploadIdentity(station);
    assertEquals(Set.of(), changed(BOB, afterUpload));

    station.journal.change(tx -> station.keys.deviceKeys().removed(tx, phone.number(), phone.id()));
    assertEquals(Set.of(ALICE), changed(BOB, afterUpload));
    station.reopen();
    assertEquals(Set.of(ALICE), changed(BOB, afterUpload));
    assertEquals(Set.of(), changed(BOB, station.journal.head()));
  }

  @Test
  void whoIsSharedWithNewlyIsNamedBesideThoseWhoChanged() {
    Phone phone = station.phone(ALICE, "PHONE");
    UserId carol = new UserId("@carol:example.org");
    station.inRoom.addAll(Set.of(ALICE, BOB));
    station.users.number(BOB);
    long start = station.journal.head();
    phone.uploadIdentity(station);
    DeviceLists.Changes changes =
        station
            .keys
            .deviceLists()
            .changes(
                BOB,
                start,
                station.journal.head(),
                (_, _, _) -> new SharingChanges.Moved(Set.of(carol), Set.of(ALICE)));
    assertEquals(Set.of(ALICE, carol), changes.changed());
    assertEquals(Set.of(), changes.left());
  }
}
