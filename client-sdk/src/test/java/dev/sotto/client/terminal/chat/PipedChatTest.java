package dev.sotto.client.terminal.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.AgainstServer;
import dev.sotto.client.BuiltServer;
import dev.sotto.client.MatrixClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Chats through pipes, against the server as it was built.
class PipedChatTest extends AgainstServer {
  private static final Map<String, String> PASSWORD =
      Map.of(ChatSettings.PASSWORD, BuiltServer.PASSWORD);

  PipedChatTest() {
    super("required");
  }

  private String url() {
    return server().url();
  }

  private void register(String... users) {
    List.of(users).forEach(server()::register);
  }

  private PipedChat chat(String user) throws IOException {
    return new PipedChat(url(), user, folder, PASSWORD);
  }

  @Test
  void twoPeopleMeetVerifyEachOtherAndTalk() throws Exception {
    register("ada", "bob");
    Path picture = Files.writeString(folder.resolve("picture of a cat.txt"), "=^.^=");
    try (PipedChat ada = chat("ada");
        PipedChat bob = chat("bob")) {
      bob.await("You are @bob:localhost");
      ada.type("/create Kitchen @bob");
      ada.await("--- Kitchen ---");
      bob.await("@ada:localhost invites you to Kitchen");
      bob.type("/join");
      bob.await("--- Kitchen ---");
      ada.await("@bob:localhost came in");
      ada.type("good morning");
      assertTrue(bob.await(": good morning").matches("\\d\\d:\\d\\d @ada:localhost: good morning"));
      ada.await("you: good morning");
      assertEquals(1, ada.count("you came in"));
      assertEquals(1, bob.count("you came in"));
      verify(ada, bob, "@bob");
      bob.type("/me \u001b[2Jwaves");
      ada.await("* @bob:localhost \uFFFD[2Jwaves");
      bob.type("/file " + picture);
      ada.await("sends picture of a cat.txt");
      ada.type("/save 1 " + folder.resolve("received.txt"));
      ada.await("Saved as");
      assertEquals("=^.^=", Files.readString(folder.resolve("received.txt")));
      ada.type("/who");
      assertTrue(ada.await("@bob:localhost  verified").contains("verified"));
      ada.type("/no such thing");
      ada.await("There is no /no;");
      assertEquals(0, bob.end());
      ada.type("/quit");
      // One order was none.
      assertEquals(1, ada.end());
    }
    try (PipedChat bob = new PipedChat(url(), "bob", folder, Map.of())) {
      bob.await("@ada:localhost: good morning");
      assertEquals(0, bob.end());
    }
  }

  @Test
  void newDeviceReadsWhatWasSaidWithTheRecoveryKey() throws Exception {
    register("erin");
    String key;
    try (PipedChat erin = chat("erin")) {
      erin.await("This account has no recovery key");
      erin.type("/recovery new");
      key = erin.awaitAfter("Your recovery key", 2).getLast().strip();
      erin.type("/create Diary");
      erin.await("--- Diary ---");
      erin.type("a secret of mine");
      erin.await("you: a secret of mine");
      assertEquals(0, erin.end());
    }
    Path other = Files.createDirectory(folder.resolve("other"));
    Map<String, String> environment =
        Map.of(ChatSettings.PASSWORD, BuiltServer.PASSWORD, ChatSettings.RECOVERY_KEY, key);
    try (PipedChat erin = new PipedChat(url(), "erin", other, environment)) {
      erin.await("This device is one of yours now");
      erin.await("you: a secret of mine");
      assertEquals(0, erin.end());
    }
  }

  private static void verify(PipedChat ada, PipedChat bob, String user) throws Exception {
    ada.type("/verify " + user);
    bob.await("asks for verification");
    bob.type("/verify");
    assertEquals(bob.awaitAfter("* Compare with", 7), ada.awaitAfter("* Compare with", 7));
    ada.type("yes");
    bob.type("yes");
    ada.await(" is verified");
    bob.await(" is verified");
  }

  @Test
  void whoHasBegunAnewIsToldNothingUntilVerifiedAgain() throws Exception {
    register("gina", "hans");
    try (PipedChat gina = chat("gina");
        PipedChat hans = chat("hans")) {
      hans.await("You are @hans:localhost");
      gina.type("/create Office @hans");
      hans.await("invites you to Office");
      hans.type("/join");
      gina.await("@hans:localhost came in");
      verify(gina, hans, "@hans");
      assertEquals(0, gina.end());
      assertEquals(0, hans.end());
    }
    beginAnew("hans");
    try (PipedChat gina = chat("gina");
        PipedChat hans = chat("hans")) {
      gina.await("@hans:localhost shows another identity than before, which you had verified.");
      gina.type("not for strangers");
      gina.await("Not sent;");
      verify(gina, hans, "@hans");
      gina.type("for you again");
      hans.await("@gina:localhost: for you again");
      assertEquals(0, hans.count("not for strangers"));
    }
  }

  @Test
  void whoHasBegunAnewAndWasNeverVerifiedIsVerifiedAsAnybody() throws Exception {
    register("ines", "jon");
    try (PipedChat ines = chat("ines");
        PipedChat jon = chat("jon")) {
      jon.await("You are @jon:localhost");
      ines.type("/create Office @jon");
      jon.await("invites you to Office");
      jon.type("/join");
      ines.await("@jon:localhost came in");
      ines.type("hello");
      jon.await("@ines:localhost: hello");
      assertEquals(0, ines.end());
      assertEquals(0, jon.end());
    }
    beginAnew("jon");
    try (PipedChat ines = chat("ines");
        PipedChat jon = chat("jon")) {
      ines.await("@jon:localhost shows another identity than before.");
      verify(ines, jon, "@jon");
    }
  }

  private void beginAnew(String user) throws InterruptedException {
    Place place = Place.at(folder.resolve(user + ".db"));
    try (MatrixClient client =
        MatrixClient.at(url())
            .storeWithKeyFile(place.store(), place.key())
            .login(user, BuiltServer.PASSWORD)) {
      client.start();
      client.awaitFirstSync();
      client.security().resetIdentity();
    }
  }

  @Test
  void wrongPasswordIsSaidAndEndsIt() throws Exception {
    register("carl");
    Map<String, String> wrong = Map.of(ChatSettings.PASSWORD, "not the password");
    try (PipedChat chat = new PipedChat(url(), "carl", folder, wrong)) {
      assertEquals(1, chat.end());
      chat.await("The server does not allow it.");
    }
  }

  @Test
  void serverThatIsNotThereIsNamed() throws Exception {
    String nowhere;
    try (ServerSocket free = new ServerSocket(0)) {
      nowhere = "http://127.0.0.1:" + free.getLocalPort();
    }
    try (PipedChat chat = new PipedChat(nowhere, "frank", folder, PASSWORD)) {
      assertEquals(1, chat.end());
      chat.await(nowhere + " cannot be reached.");
    }
  }

  @Test
  void serverWithAnotherAddressThanBeforeIsNotTrustedUnsaid() throws Exception {
    register("kate");
    try (PipedChat kate = chat("kate")) {
      kate.await("You are @kate:localhost");
      assertEquals(0, kate.end());
    }
    String elsewhere = url().replace("127.0.0.1", "localhost");
    try (PipedChat kate = new PipedChat(elsewhere, "kate", folder, Map.of())) {
      assertEquals(1, kate.end());
      kate.await("has moved to " + elsewhere + ", say so with --server-moved.");
    }
  }

  @Test
  void withoutPasswordItSaysHowToGiveOne() throws Exception {
    try (PipedChat chat = new PipedChat(url(), "dora", folder, Map.of())) {
      assertEquals(1, chat.end());
      chat.await("A password is needed: set MATRIX_PASSWORD");
    }
  }
}
