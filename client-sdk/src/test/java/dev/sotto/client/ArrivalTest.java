package dev.sotto.client;

import static dev.sotto.client.Sandbox.ADA;
import static dev.sotto.client.Sandbox.BOT;
import static dev.sotto.client.Sandbox.ROOM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// How we come into rooms, and what was said since then.
class ArrivalTest extends NewsFixture {
  /// A change of our name, which every room is told.
  private static String renamed(String id) {
    ObjectNode event = Json.parseObject(member(id, BOT.value(), "join"));
    event.putObject("unsigned").putObject("prev_content").put("membership", "join");
    return event.toString();
  }

  @Test
  void whatFollowedTheInvitationIsHandedOn() {
    sandbox.kept.keep("since");
    answer(
        timeline(
            said("$before"),
            member("$invite", BOT.value(), "invite"),
            said("$between"),
            member("$join", BOT.value(), "join"),
            said("$after")));
    assertEquals(List.of("$invite", "$between", "$join", "$after"), ids());
  }

  @Test
  void whatWasSaidSinceWeCameIsHandedOnThoughTheTimelineIsCutOff() {
    sandbox.kept.keep("since");
    String arrival =
        "{\"state\":{\"events\":[%s]},\"timeline\":".formatted(member("$join", BOT.value(), "join"))
            + "{\"limited\":true,\"prev_batch\":\"back\",\"events\":[%s]}}".formatted(said("$2"));
    sandbox.server.answer(
        200,
        "{\"chunk\":[%s,%s,%s]}"
            .formatted(said("$1"), member("$join", BOT.value(), "join"), said("$before")));
    answer(joined(arrival));
    assertEquals(List.of("$join", "$1", "$2"), ids());
    assertTrue(sandbox.path(0).contains("from=back&to=since"));
  }

  @Test
  void whatWasSaidSinceWeCameIsHandedOnThoughOurComingIsNotFound() {
    sandbox.kept.keep("since");
    sandbox.server.answer(403, "{\"errcode\":\"M_FORBIDDEN\"}");
    answer(cutOff(said("$1")));
    assertEquals(List.of("$1"), ids());
    assertEquals(Problem.Kind.GAP, problems.getFirst().kind());
  }

  @Test
  void whatWasSaidSinceWeCameIsHandedOnThoughWeHaveANewNameSince() {
    sandbox.kept.keep("since");
    sandbox.server.answer(
        200,
        "{\"chunk\":[%s,%s,%s]}"
            .formatted(said("$1"), member("$join", BOT.value(), "join"), said("$before")));
    answer(cutOff(said("$2"), renamed("$renamed"), said("$3")));
    assertEquals(List.of("$join", "$1", "$2", "$renamed", "$3"), ids());
  }

  @Test
  void whereOnlyOurNewNameIsFoundAllIsNews() {
    sandbox.kept.keep("since");
    sandbox.server.answer(403, "{\"errcode\":\"M_FORBIDDEN\"}");
    answer(cutOff(said("$1"), renamed("$renamed"), said("$2")));
    assertEquals(List.of("$1", "$renamed", "$2"), ids());
    assertEquals(Problem.Kind.GAP, problems.getFirst().kind());
  }

  @Test
  void invitationIsHandedOnOnceAndNamesWhoInvites() {
    String invite =
        """
        {"invite": {"!new:example.org": {"invite_state": {"events": [
          {"type": "m.room.member", "state_key": "@bot:example.org",
           "sender": "@ada:example.org", "content": {"membership": "invite"}},
          {"type": "m.room.name", "state_key": "", "sender": "@ada:example.org",
           "content": {"name": "Garden"}},
          {"type": "m.room.encryption", "state_key": "", "sender": "@ada:example.org",
           "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]}}}}
        """;
    answer(invite);
    answer(invite);
    assertEquals(1, delivered.size());
    RoomFacts facts = sandbox.rooms.facts(new RoomId("!new:example.org"));
    assertEquals(Optional.of("Garden"), facts.name());
    assertEquals(Optional.of(ADA), facts.inviter());
    assertTrue(sandbox.encryption.isEncrypted(facts.room()));
    answer("{\"leave\":{\"!new:example.org\":{}}}");
    assertEquals(Optional.empty(), sandbox.rooms.facts(facts.room()).inviter());
  }

  @Test
  void invitationThatAnotherDeviceHasAcceptedIsHeardOfOnce() {
    begin();
    answer(
        """
        {"invite": {"!new:example.org": {"invite_state": {"events": [
          {"type": "m.room.member", "state_key": "@bot:example.org",
           "sender": "@ada:example.org", "content": {"membership": "invite"}}]}}}}
        """);
    assertEquals(0, fetches);
    String coming = "{\"timeline\":{\"events\":[" + member("$in", BOT.value(), "join") + "]}}";
    answer("{\"join\":{\"!new:example.org\":" + coming + "}}");
    assertEquals(List.of("!new:example.org " + ADA), accepted);
    assertEquals(1, fetches);
    answer("{\"join\":{\"!new:example.org\":{\"timeline\":{\"events\":[]}}}}");
    assertEquals(1, accepted.size());
  }

  @Test
  void invitationThatWasAcceptedWhileWeWereAwayIsHeardOf() {
    begin();
    String events =
        member("$invite", BOT.value(), "invite") + "," + member("$in", BOT.value(), "join");
    answer("{\"join\":{\"!new:example.org\":{\"timeline\":{\"events\":[" + events + "]}}}}");
    assertEquals(List.of("!new:example.org " + ADA), accepted);
  }

  @Test
  void invitationIsHeardOfThoughAllOfComingAgainWasMissed() {
    begin();
    answer(
        timeline(
            member("$out", BOT.value(), "leave"),
            member("$invite", BOT.value(), "invite"),
            member("$in", BOT.value(), "join")));
    assertEquals(List.of(ROOM + " " + ADA), accepted);
    assertEquals(1, fetches);
    answer(timeline(said("$1")));
    assertEquals(1, accepted.size());
  }

  @Test
  void invitationIsHeardOfThoughItIsInAGap() {
    begin();
    sandbox.server.answer(
        200,
        "{\"chunk\":[%s,%s]}"
            .formatted(
                member("$in", BOT.value(), "join"), member("$invite", BOT.value(), "invite")));
    answer(cutOff(said("$1")));
    assertEquals(List.of(ROOM + " " + ADA), accepted);
  }

  @Test
  void whoCameByThemselvesWasNotInvited() {
    begin();
    answer(
        "{\"join\":{\"!new:example.org\":{\"timeline\":{\"events\":["
            + member("$in", BOT.value(), "join")
            + "]}}}}");
    assertEquals(List.of(), accepted);
  }
}
