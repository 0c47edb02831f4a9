package dev.sotto.protocol.rules;

import static dev.sotto.protocol.rules.Events.ALICE;
import static dev.sotto.protocol.rules.Events.BOB;
import static dev.sotto.protocol.rules.Events.CAROL;
import static dev.sotto.protocol.rules.Events.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.event.StateKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Redeeming invitations to people outside Matrix.
class ThirdPartyInviteTest {
  private final SigningKey key = SigningKey.of("ed25519:0", new byte[32]);
  private final SigningKey otherKey =
      SigningKey.of("ed25519:0", "o".repeat(32).getBytes(StandardCharsets.UTF_8));

  static Iterable<RoomVersion> versions() {
    return RoomVersions.all();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void signedOfferLetsBobBeInvited(RoomVersion version) {
    assertTrue(redeems(room(version, single(key)), ALICE, BOB, signed(key, BOB, "t")));
    assertTrue(redeems(room(version, listed(otherKey, key)), ALICE, BOB, signed(key, BOB, "t")));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void whatWasNotOfferedIsRefused(RoomVersion version) {
    Events room = room(version, single(key)).member(CAROL, "join");
    assertFalse(redeems(room, ALICE, BOB, signed(otherKey, BOB, "t")), "another key");
    assertFalse(redeems(room, ALICE, BOB, signed(key, CAROL, "t")), "for another user");
    assertFalse(redeems(room, ALICE, BOB, signed(key, BOB, "u")), "another token");
    assertFalse(redeems(room, CAROL, BOB, signed(key, BOB, "t")), "offered by another");
    assertFalse(redeems(room, ALICE, BOB, "{'mxid':'@bob:two','token':'t'}"), "not signed");
    ObjectNode changed = json(signed(key, BOB, "t")).put("extra", 1);
    assertFalse(redeems(room, ALICE, BOB, changed.toString()), "changed after signing");
    room.member(BOB, "ban");
    assertFalse(redeems(room, ALICE, BOB, signed(key, BOB, "t")), "banned");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void malformedOffersAreRefused(RoomVersion version) {
    Events room = room(version, single(key));
    for (String offer :
        new String[] {
          "{}", "1", "null", "{'signed':1}", "{'signed':{}}", "{'signed':{'token':1}}"
        }) {
      assertFalse(
          room.allows(
              ALICE,
              "m.room.member",
              BOB,
              "{'membership':'invite','third_party_invite':" + offer + "}"),
          offer);
    }
    for (String signatures :
        new String[] {"1", "{'e':1}", "{'e':{'ed25519:0':1}}", "{'e':{'ed25519:0':'!'}}"}) {
      String signed = "{'mxid':'@bob:two','token':'t','signatures':" + signatures + "}";
      assertFalse(redeems(room, ALICE, BOB, signed), signatures);
    }
    for (String keys :
        new String[] {
          "{}",
          "{'public_key':1}",
          "{'public_key':'!'}",
          "{'public_keys':{}}",
          "{'public_keys':[1,null,{'public_key':'AA'}]}"
        }) {
      assertFalse(redeems(room(version, keys), ALICE, BOB, signed(key, BOB, "t")), keys);
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void offeringTakesTheInviteLevel(RoomVersion version) {
    Events room = Events.room(version).member(BOB, "join").powerLevels("{'invite':1}");
    assertFalse(room.allows(BOB, "m.room.third_party_invite", "t", "{}"));
    room.powerLevels("{'invite':1,'state_default':50,'users':{'@bob:two':1}}");
    assertTrue(
        room.allows(BOB, "m.room.third_party_invite", "t", "{}"), "whatever state takes else");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void manyKeysAndSignaturesDoNotKeepAServerBusy(RoomVersion version) {
    ObjectNode invite = json("{}");
    ArrayNode keys = invite.putArray("public_keys");
    ObjectNode signed = json("{'mxid':'@bob:two','token':'t'}");
    for (int i = 0; i < 500; i++) {
      keys.addObject().put("public_key", otherKey.verifyKey().base64());
      JsonSignatures.add(signed, "server" + i, "ed25519:0", new byte[64]);
    }
    Events room = room(version, invite.toString());
    assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> assertFalse(redeems(room, ALICE, BOB, signed.toString())));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void authEventsHoldTheOffer(RoomVersion version) {
    Events room = room(version, single(key));
    String content =
        "{'membership':'invite','third_party_invite':{'signed':" + signed(key, BOB, "t") + "}}";
    var invite = room.event(ALICE, "m.room.member", BOB, content);
    assertEquals(
        1,
        AuthRules.authEventKeys(
                version, invite.type(), invite.sender(), invite.stateKey(), invite.content())
            .stream()
            .filter(StateKey.thirdPartyInvite("t")::equals)
            .count());
  }

  private static Events room(RoomVersion version, String keys) {
    return Events.room(version).put(ALICE, "m.room.third_party_invite", "t", keys);
  }

  private static boolean redeems(Events room, String sender, String target, String signed) {
    return room.allows(
        sender,
        "m.room.member",
        target,
        "{'membership':'invite','third_party_invite':{'display_name':'b','signed':"
            + signed
            + "}}");
  }

  private static String signed(SigningKey key, String user, String token) {
    ObjectNode signed = json("{}").put("mxid", user).put("token", token);
    return JsonSignatures.sign(signed, "identity", key).toString();
  }

  private static String single(SigningKey key) {
    return "{'public_key':'" + key.verifyKey().base64() + "'}";
  }

  private static String listed(SigningKey first, SigningKey second) {
    return "{'public_key':'%s','public_keys':[{'public_key':'%s'}]}"
        .formatted(first.verifyKey().base64(), second.verifyKey().base64());
  }
}
