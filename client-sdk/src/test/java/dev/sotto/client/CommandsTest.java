package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.event.TextMessage;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class CommandsTest {
  private final Sandbox sandbox = new Sandbox().knowing(false);
  private final Commands commands = new Commands("!", _ -> () -> {});
  private final List<String> heard = new ArrayList<>();

  @AfterEach
  void close() {
    sandbox.close();
  }

  private void say(String kind, String text) throws Exception {
    ObjectNode json =
        Json.object()
            .put("type", "m.room.message")
            .put("event_id", "$asked")
            .put("sender", Sandbox.ADA.value())
            .put("origin_server_ts", 1);
    json.putObject("content").put("msgtype", kind).put("body", text);
    TextMessage message =
        (TextMessage) EventReader.read(Envelopes.of(Sandbox.ROOM, json).orElseThrow());
    commands.handle(sandbox.room, message);
  }

  private void say(String text) throws Exception {
    say("m.text", text);
  }

  private String answer() {
    return sandbox.body(sandbox.server.seen().size() - 1).path("body").stringValue("");
  }

  @Test
  void argumentsAreTakenOneAfterTheOther() throws Exception {
    commands.on(
        "tell",
        "tell <user> <times> <words>",
        call -> {
          heard.add(call.name() + " " + call.user() + " " + call.integer() + " " + call.next());
          assertTrue(call.hasNext());
          heard.add(call.rest());
          assertFalse(call.hasNext());
          assertThrows(Commands.UsageException.class, call::next);
        });
    say("  !TELL @ada:example.org   3 \"two words\"  and  the rest ");
    assertEquals(List.of("TELL @ada:example.org 3 two words", "and  the rest"), heard);
  }

  @Test
  void wrongUseIsExplained() throws Exception {
    commands.on("add", "add <number>", call -> call.integer());
    sandbox.answerEvent().answerEvent().answerEvent();
    say("!add");
    assertEquals("There is something missing.\n!add - add <number>", answer());
    say("!add four");
    assertEquals("'four' is not a number.\n!add - add <number>", answer());
    say("!add \"4");
    assertEquals("A quote does not end.\n!add - add <number>", answer());
  }

  @Test
  void answerIsANoticeToTheAsker() throws Exception {
    commands.on("ping", "says pong", call -> call.reply("pong"));
    sandbox.answerEvent();
    say("!ping");
    assertEquals(
        Json.parseObject(
            """
            {"msgtype": "m.notice", "body": "pong",
             "m.relates_to": {"m.in_reply_to": {"event_id": "$asked"}},
             "m.mentions": {"user_ids": ["@ada:example.org"]}}
            """),
        sandbox.body(0));
  }

  @Test
  void othersWordsAreNoCommands() throws Exception {
    commands.on("ping", "says pong", _ -> heard.add("ping"));
    say("ping");
    say("!pong");
    say("!");
    say("! ping");
    say("m.notice", "!ping");
    say("m.emote", "!ping");
    assertEquals(List.of(), heard);
    assertTrue(sandbox.server.seen().isEmpty());
  }

  @Test
  void onlySomeMayBeAllowed() throws Exception {
    commands.on("stop", "stops", _ -> heard.add("stopped"));
    commands.allow(call -> call.sender().equals(Sandbox.ADA));
    say("!stop");
    assertEquals(List.of("stopped"), heard);
    commands.allow(call -> call.sender().equals(new UserId("@admin:example.org")));
    say("!stop");
    assertEquals(List.of("stopped"), heard);
  }

  @Test
  void whatAnotherPartOfTheProgramForbidsStaysForbidden() throws Exception {
    commands.on("stop", "stops", _ -> heard.add("stopped"));
    commands.allow(_ -> false).allow(_ -> true);
    say("!stop");
    assertEquals(List.of(), heard);
  }

  /// There may be others under the same sign by then, which closing would take away.
  @Test
  void closedAreNotClosedOnceMore() {
    Commands closed = new Commands("!", _ -> () -> heard.add("closed"));
    closed.close();
    closed.close();
    assertEquals(List.of("closed"), heard);
  }

  @Test
  void signAndNamesAreWords() {
    assertThrows(IllegalArgumentException.class, () -> new Commands(" ", _ -> () -> {}));
    assertThrows(IllegalArgumentException.class, () -> commands.on("two words", "", _ -> {}));
  }
}
