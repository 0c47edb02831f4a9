package dev.sotto.client.terminal.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.AgainstServer;
import dev.sotto.client.BuiltServer;
import dev.sotto.client.MatrixClient;
import dev.sotto.client.terminal.screen.Screen;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;

/// Chats through pipes, or as in a terminal, against the server as it was built.
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
      bob.await("What is said here may be shared with people who are invited later.");
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

  private static void meet(PipedChat host, PipedChat guest, String user) throws Exception {
    guest.await("You are " + user + ":localhost");
    host.type("/create Office " + user);
    guest.await("invites you to Office");
    guest.type("/join");
    host.await(user + ":localhost came in");
  }

  private static void verify(PipedChat ada, PipedChat bob, String user) throws Exception {
    ada.type("/verify " + user);
    bob.await("asks for verification");
    bob.type("/verify");
    compare(ada, bob);
  }

  private static void compare(PipedChat ada, PipedChat bob) throws Exception {
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
      meet(gina, hans, "@hans");
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
      meet(ines, jon, "@jon");
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

  private MatrixClient client(String user, Path in) {
    Place place = Place.at(in.resolve(user + ".db"));
    return MatrixClient.at(url())
        .storeWithKeyFile(place.store(), place.key())
        .login(user, BuiltServer.PASSWORD);
  }

  private void beginAnew(String user) throws InterruptedException {
    try (MatrixClient client = client(user, folder)) {
      client.start();
      client.awaitFirstSync();
      client.security().resetIdentity();
    }
  }

  @Test
  void peopleAreInvitedAndLeave() throws Exception {
    register("lea", "max");
    try (PipedChat lea = chat("lea");
        PipedChat max = chat("max")) {
      max.await("You are @max:localhost");
      lea.type("/create Cellar");
      lea.await("--- Cellar ---");
      lea.type("/invite @max");
      max.await("@lea:localhost invites you to Cellar");
      max.type("/rooms");
      max.await("  * @lea:localhost invites you to Cellar: /join !");
      max.type("/join Cellar");
      max.await("--- Cellar ---");
      max.type("/rooms");
      max.await("  1 Cellar !");
      max.type("/leave");
      max.await("You have left Cellar.");
      lea.await("@max:localhost left");
      max.type("is anybody there?");
      max.await("You are in no room yet:", 2);
      assertEquals(0, lea.count("is anybody there?"));
    }
  }

  @Test
  void whatWasSaidBeforeIsShownPageByPage() throws Exception {
    register("nora");
    try (PipedChat nora = chat("nora")) {
      nora.type("/create Diary");
      for (int i = 1; i <= 25; i++) {
        nora.type(String.format("note %02d", i));
      }
      assertEquals(0, nora.end());
    }
    try (PipedChat nora = chat("nora")) {
      nora.await("you: note 25");
      assertEquals(0, nora.count("you: note 05"));
      nora.type("/earlier");
      nora.await("--- /earlier goes further back");
      nora.type("/earlier");
      nora.await("Nothing earlier was found.");
      assertTrue(nora.awaitAfter("--- before that ---", 1).getFirst().contains("you came in"));
      List<String> page = nora.awaitAfter("you: note 01", 5);
      assertTrue(page.get(3).endsWith("you: note 05"), page.toString());
      assertTrue(page.get(4).startsWith("--- /earlier goes further back"), page.toString());
      assertEquals(1, nora.count("you: note 06"));
      nora.type("/help");
      nora.await("  /earlier ");
      assertEquals(0, nora.end());
    }
  }

  @Test
  void secondDeviceGetsNoKeysUntilItsUserSaysThatItIsOne() throws Exception {
    register("olga", "paul");
    Path other = Files.createDirectory(folder.resolve("other"));
    try (PipedChat paul = chat("paul");
        PipedChat olga = chat("olga")) {
      meet(paul, olga, "@olga");
      try (PipedChat second = new PipedChat(url(), "olga", other, PASSWORD)) {
        second.await("Others do not know yet that this device is yours");
        paul.type("/who");
        paul.await("UNVERIFIED, gets no keys");
        second.type("/verify me");
        olga.await("asks for verification");
        olga.type("/verify no");
        second.await("has ended");
        second.type("/verify me");
        olga.await("asks for verification", 2);
        olga.type("/verify");
        compare(second, olga);
        second.await("This device is one of yours now");
        assertEquals(0, second.end());
      }
      assertEquals(0, olga.end());
      beginAnew("olga");
      paul.await("@olga:localhost shows another identity than before.");
      paul.type("/who");
      paul.await("IDENTITY HAS CHANGED");
      paul.type("/confirm @olga");
      paul.await("The identity of @olga:localhost is believed now, but not verified.");
      paul.type("/confirm @olga");
      paul.await("There is nothing to confirm about @olga:localhost.");
      assertEquals(0, paul.end());
    }
  }

  /// A terminal with somebody before it who says nothing, but answers what is asked.
  private record Attended(List<String> shown, Deque<String> answers) implements Screen {
    Attended(String... answers) {
      this(new CopyOnWriteArrayList<>(), new ArrayDeque<>(List.of(answers)));
    }

    @Override
    public void show(AttributedString line) {
      shown.add(line.toString());
    }

    @Override
    public Optional<String> line(AttributedString prompt) {
      return Optional.empty();
    }

    @Override
    public Optional<String> secret(String question) {
      return Optional.ofNullable(answers.poll());
    }

    @Override
    public boolean isTerminal() {
      return true;
    }

    @Override
    public void close() {}
  }

  private List<String> inTerminal(String user, String device, String... answers) throws Exception {
    Attended screen = new Attended(answers);
    try (MatrixClient client = client(user, Files.createDirectory(folder.resolve(device)))) {
      Chat chat = new Chat(client, screen, folder, Clock.systemUTC());
      chat.start();
      assertTrue(chat.run(Optional.empty(), Optional.empty()));
    }
    return screen.shown;
  }

  @Test
  void firstDeviceInATerminalShowsTheRecoveryKeyThatTheNextOneAsksFor() throws Exception {
    register("sam");
    List<String> first = inTerminal("sam", "first");
    int told =
        first.indexOf("Your recovery key, shown only now. Write it down and keep it to yourself:");
    assertTrue(told >= 0, first.toString());
    String key = first.get(told + 2).strip();
    List<String> second = inTerminal("sam", "second", "not the key", key);
    assertTrue(
        second.contains("This account has a recovery key, which makes this device one of yours."),
        second.toString());
    assertTrue(
        second.contains("This device is one of yours now, and can read what was said before."),
        second.toString());
    assertFalse(second.toString().contains(key));
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
