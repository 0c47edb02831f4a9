package dev.sotto.homeserver.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.rooms.MemberProfiles.MemberProfile;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ProfilesTest {
  private static final UserId ALICE = new UserId("@alice:hs");
  private static final ProfileField NAME = new ProfileField("displayname");
  private static final ProfileField NOTE = new ProfileField("com.example.note");

  private Database database;
  private Journal journal;
  private Users users;
  private Profiles profiles;

  @BeforeEach
  void open() {
    database = Database.inMemory(UUID.randomUUID().toString());
    journal = new Journal(database);
    users = new Users(database, journal);
    profiles = new Profiles(database, journal, users);
  }

  @AfterEach
  void close() {
    journal.close();
    database.close();
  }

  private static JsonNode json(String text) {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private Profile afterRestart() {
    return new Profiles(database, journal, new Users(database, journal)).read(ALICE);
  }

  @Test
  void nobodyKnownHasAnEmptyProfile() {
    assertEquals(Profile.EMPTY, profiles.read(ALICE));
    assertEquals(new MemberProfile(null, null), profiles.of(ALICE));
  }

  @Test
  void fieldsAreKeptAsTheyWereGiven() {
    assertEquals(Profile.EMPTY, profiles.read(ALICE));
    profiles.change(ALICE, NAME, json("\"Al\""));
    profiles.change(ALICE, NOTE, json("{\"b\": [1, 2.5, null]}"));
    profiles.change(ALICE, NOTE, json("{\"b\": [1, 2.5, null], \"a\": \"\u2615\"}"));
    assertEquals("Al", profiles.of(ALICE).displayname());
    assertEquals(
        json("{\"b\": [1, 2.5, null], \"a\": \"\u2615\"}"),
        profiles.read(ALICE).fields().get("com.example.note"));
    assertEquals(profiles.read(ALICE), afterRestart());
    profiles.change(ALICE, NOTE, null);
    profiles.change(ALICE, NOTE, null);
    assertEquals(Set.of("displayname"), profiles.read(ALICE).fields().keySet());
    assertEquals(profiles.read(ALICE), afterRestart());
  }

  @Test
  void wholeProfileHasALimit() {
    JsonNode half = json("\"" + "x".repeat(40_000) + "\"");
    profiles.change(ALICE, NOTE, half);
    MatrixException refused =
        assertThrows(
            MatrixException.class,
            () -> profiles.change(ALICE, new ProfileField("com.example.more"), half));
    assertEquals(ErrorCode.M_PROFILE_TOO_LARGE, refused.code());
    assertEquals(Set.of("com.example.note"), afterRestart().fields().keySet());
    profiles.change(ALICE, NOTE, half);
  }

  @Test
  void usersAreFoundByTheWordsOfTheirNewestName() {
    profiles.change(ALICE, NAME, json("\"Doctor \u00C5ngstr\u00F6m-Smith\""));
    assertEquals(Set.of(ALICE), profiles.withWord("\u00E5ng", 10));
    assertEquals(Set.of(ALICE), profiles.withWord("smith", 10));
    assertEquals(Set.of(), profiles.withWord("mith", 10));
    profiles.change(ALICE, NAME, json("\"Ann\""));
    assertEquals(Set.of(), profiles.withWord("smith", 10));
    assertEquals(Set.of(ALICE), profiles.withWord("a", 10));
    profiles.change(ALICE, NAME, null);
    assertEquals(Set.of(), profiles.withWord("a", 10));
  }

  @Test
  void nothingIsLeftOfAnAccountThatEnds() {
    profiles.change(ALICE, NAME, json("\"Ann\""));
    profiles.erase(ALICE);
    assertEquals(Profile.EMPTY, profiles.read(ALICE));
    assertEquals(Profile.EMPTY, afterRestart());
    assertEquals(Set.of(), profiles.withWord("ann", 10));
  }

  @Test
  void namesOfFieldsHaveAGrammar() {
    for (String name : new String[] {"", "Foo", "nodots", "m.", ".m", "a b.c", "9a.b", "a..b"}) {
      MatrixException refused =
          assertThrows(MatrixException.class, () -> new ProfileField(name), name);
      assertEquals(ErrorCode.M_INVALID_PARAM, refused.code());
    }
    for (String name :
        new String[] {"displayname", "avatar_url", "m.tz", "us.cloke.msc4175.tz", "a.b-c_9"}) {
      assertEquals(name, new ProfileField(name).name());
    }
    MatrixException tooLong =
        assertThrows(MatrixException.class, () -> new ProfileField("a." + "b".repeat(254)));
    assertEquals(ErrorCode.M_KEY_TOO_LARGE, tooLong.code());
  }

  @Test
  void fieldsThatTheSpecificationDefinesHaveTypes() {
    ProfileField avatar = new ProfileField("avatar_url");
    avatar.check(json("\"mxc://hs/abc\""));
    assertThrows(MatrixException.class, () -> avatar.check(json("\"https://elsewhere/a.png\"")));
    assertThrows(MatrixException.class, () -> avatar.check(json("null")));
    assertThrows(MatrixException.class, () -> NAME.check(json("7")));
    assertThrows(MatrixException.class, () -> NAME.check(json("\"" + "x".repeat(257) + "\"")));
    assertThrows(MatrixException.class, () -> new ProfileField("m.tz").check(json("{}")));
    NOTE.check(json("null"));
  }
}
