package dev.sotto.client.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.BuiltServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The SDK and matrix-js-sdk in one encrypted room. The SDK's process is killed in between, more
/// than once.
class ElementTest {
  private static final int KILLS = 4;
  private static final String BOT = "@bot:localhost";

  @TempDir private Path folder;
  private BuiltServer server;
  private Element alice;
  private SdkProcess bot;
  private String room;

  @BeforeEach
  void meet() throws Exception {
    server = BuiltServer.start(folder, "required");
    server.register("bot");
    bot = new SdkProcess(server, "bot", Files.createDirectory(folder.resolve("bot")));
    alice = Element.first(server, server.registerAndLogIn("alice"));
    // Its first answer says that it has logged in.
    bot.unreadable();
    room = alice.createRoom(BOT);
    bot.awaitRoom(room);
    alice.awaitMember(room, BOT);
  }

  @AfterEach
  void part() {
    if (bot != null) {
      bot.close();
    }
    if (alice != null) {
      alice.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private void aliceSays(String text) {
    assertEquals(text, bot.read(alice.say(room, text)).path("body").stringValue());
  }

  private void botSays(String text) {
    Element.Reading read = alice.read(room, bot.say(room, text));
    assertEquals(new Element.Reading(text, BOT, true, 0), read);
  }

  private void assertAllWasRead() {
    assertEquals(List.of(), bot.unreadable());
    assertEquals(List.of(), alice.unreadable(room));
  }

  private void assertBothVerified() {
    alice.awaitVerified(BOT);
    assertEquals("VERIFIED", bot.identity(alice.user()));
  }

  /// Has both look at the emoji and agree.
  private void compare() {
    assertEquals(7, alice.emoji(BOT).size());
    assertEquals(alice.emoji(BOT), bot.emoji(alice.user()));
    alice.confirm(BOT);
    bot.confirm(alice.user());
    alice.awaitDone(BOT);
    bot.awaitDone(alice.user());
  }

  private void aliceVerifiesTheBot() {
    alice.requestVerification(BOT, room);
    bot.acceptVerification(alice.user());
    alice.startSas(BOT);
    compare();
  }

  @Test
  void verifiedToEachOtherTheyReadAllAlthoughTheBotIsKilledTimeAndAgain() {
    aliceSays("hello");
    botSays("hello yourself");
    aliceVerifiesTheBot();
    assertBothVerified();
    for (int kill = 0; kill < KILLS; kill++) {
      aliceSays("before the end " + kill);
      botSays("before the end " + kill);
      List<String> meanwhile = new ArrayList<>();
      int number = kill;
      bot.killAndStartAgainAfter(
          () -> {
            for (int i = 0; i < 3; i++) {
              meanwhile.add(alice.say(room, "are you there? " + number + " " + i));
            }
          });
      for (int i = 0; i < 3; i++) {
        String text = "are you there? " + kill + " " + i;
        assertEquals(text, bot.read(meanwhile.get(i)).path("body").stringValue());
        assertEquals("VERIFIED", bot.read(meanwhile.get(i)).path("trust").stringValue());
      }
      botSays("here again " + kill);
      assertAllWasRead();
    }
    assertBothVerified();
  }

  @Test
  void theBotMayAskForTheVerificationAndBeKilledRightAfter() {
    botSays("hello");
    alice.awaitIdentity(BOT);
    bot.requestVerification(alice.user(), room);
    alice.acceptVerification(BOT);
    bot.startSas(alice.user());
    alice.acceptSas(BOT);
    compare();
    bot.killAndStartAgainAfter(() -> {});
    assertBothVerified();
    aliceSays("still you?");
    botSays("still me");
    assertAllWasRead();
  }

  @Test
  void allIsReadOfABotThatIsKilledWhileItTalks() {
    botSays("hello");
    for (int kill = 0; kill < KILLS; kill++) {
      bot.talk(room);
      botSays("in between " + kill);
      aliceSays("stop it " + kill);
      bot.killAndStartAgainAfter(() -> {});
      botSays("here again " + kill);
      aliceSays("good " + kill);
      assertAllWasRead();
    }
  }
}
