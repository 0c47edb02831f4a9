package dev.sotto.client.terminal.demo;

import dev.sotto.client.FileUpload;
import dev.sotto.client.NewRoom;
import dev.sotto.client.Room;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.FileMessage;
import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.Message;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.TextMessage;
import dev.sotto.client.event.Trust;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The demonstration: three people meet in an encrypted room, and everything that the server could
/// try is tried. Each claim is checked as it is made.
public final class Demo {
  private static final String ROOM = "The kitchen table";
  private static final String PASSWORD = "a password of the demonstration";
  private static final String FILE_NAME = "way-to-the-cabin.txt";
  private static final String FILE_TEXT = "Left at the chapel, then uphill along the brook.";
  private static final int SHOWN_CHARACTERS = 44;

  private final Path serverJar;
  private final Report report;
  private final List<String> secrets = new ArrayList<>(List.of(FILE_NAME, FILE_TEXT, PASSWORD));
  private final Map<EventId, String> said = new LinkedHashMap<>();
  private @Nullable DemoServer started;

  /// @param serverJar the built homeserver
  /// @param out where the story is told
  public Demo(Path serverJar, OutputStream out) {
    this.serverJar = serverJar;
    this.report = new Report(out);
  }

  /// Plays it, and puts everything away afterwards, also when the process is told to end.
  ///
  /// @return whether all of it held
  public boolean run() throws Exception {
    return run(new Cleanup(Files.createTempDirectory("sotto-demo")));
  }

  /// @throws InterruptedException if everything was put away while it still played
  boolean run(Cleanup cleanup) throws Exception {
    Thread end = new Thread(cleanup::close, "cleanup");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      play(cleanup);
    } catch (Exception e) {
      // With everything gone there is nothing that would not fail.
      throw cleanup.isClosed() ? new InterruptedException("The demonstration was interrupted.") : e;
    } finally {
      cleanup.close();
      forget(end);
    }
    report.tell("");
    report.check(
        "Nothing is left of it: the server has ended, the folder is gone.",
        Files.notExists(cleanup.folder()) && (started == null || !started.isRunning()));
    return report.conclude();
  }

  private static void forget(Thread end) {
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException _) {
      // The process is ending: the hook is at work.
    }
  }

  /// Who takes part, and where.
  private record Scene(Cleanup cleanup, DemoServer server, Person ada, Person bob, Person cleo) {
    List<Person> all() {
      return List.of(ada, bob, cleo);
    }
  }

  private void play(Cleanup cleanup) throws Exception {
    report.step("A homeserver starts on an empty folder.");
    DemoServer server = cleanup.add(DemoServer.start(serverJar, cleanup.folder()));
    started = server;
    report.tell("It listens on " + server.address() + " and takes encrypted messages only.");

    report.step("Ada, Bob and Cleo make accounts. Each has a device, whose keys never leave it.");
    Path keys = Files.createDirectory(cleanup.folder().resolve("clients"));
    List<Person> people = new ArrayList<>();
    for (String name : List.of("Ada", "Bob", "Cleo")) {
      ServerView.register(server.address(), name.toLowerCase(Locale.ROOT), PASSWORD);
      Person person = cleanup.add(new Person(name, PASSWORD, server.address(), keys));
      people.add(person);
      report.tell(person.client().user() + " on the device " + person.client().device());
    }
    Scene scene = new Scene(cleanup, server, people.get(0), people.get(1), people.get(2));
    for (Person person : people) {
      report.check(
          person.name() + "'s device is signed with " + person.name() + "'s identity.",
          person.client().security().isDeviceSigned());
    }
    Room room = meet(scene);
    talk(scene, room);
    Map<EventId, ObjectNode> held = lookAtServer(scene, room);
    forge(scene, room, held);
    leave(scene, room, held);
    searchDisk(scene, held);
  }

  private Room meet(Scene scene) throws Exception {
    report.step("Ada makes an encrypted room and invites the others; they come in.");
    Room room =
        scene
            .ada
            .client()
            .createRoom(
                NewRoom.named(ROOM).invite(scene.bob.client().user(), scene.cleo.client().user()));
    for (Person guest : List.of(scene.bob, scene.cleo)) {
      guest.client().join(room.id().value());
      report.check(
          guest.name() + " is in the room.",
          scene.ada.await(event -> isMembership(event, guest, Membership.JOIN)).isPresent());
    }
    report.check("The room is encrypted.", room.isEncrypted());
    return room;
  }

  private static boolean isMembership(RoomEvent event, Person person, Membership membership) {
    return event instanceof MemberChange change
        && change.user().equals(person.client().user())
        && change.membership() == membership;
  }

  private void talk(Scene scene, Room room) throws Exception {
    report.step("They talk.");
    say(scene.ada, room, "The spare key is under the blue flowerpot.", scene.all());
    say(scene.bob, room, "Thank you! I arrive on Thursday at half past six.", scene.all());
    say(scene.cleo, room, "I bring the plum cake; do not tell grandmother.", scene.all());
    Room cleos = scene.cleo.client().room(room.id());
    EventId file =
        cleos.sendFile(
            FileUpload.of(FILE_NAME, "text/plain", FILE_TEXT.getBytes(StandardCharsets.UTF_8)));
    report.tell("Cleo sends the file " + FILE_NAME);
    for (Person reader : List.of(scene.ada, scene.bob)) {
      report.check(
          reader.name() + " gets it and reads what is in it.",
          FILE_TEXT.equals(download(scene, reader, room, file)));
    }
  }

  private String download(Scene scene, Person reader, Room room, EventId file) throws Exception {
    Optional<RoomEvent> event = reader.awaitRead(file);
    if (event.isEmpty() || !(event.get() instanceof FileMessage message)) {
      return "";
    }
    Path target = scene.cleanup.folder().resolve(reader.name() + ".txt");
    try {
      reader.client().room(room.id()).download(message, target, 1 << 20);
      return Files.readString(target);
    } catch (IOException | MatrixRequestException _) {
      return "";
    }
  }

  private EventId say(Person speaker, Room room, String words, List<Person> readers)
      throws Exception {
    EventId id = speaker.client().room(room.id()).send(words);
    said.put(id, words);
    secrets.add(words);
    report.tell(speaker.name() + ": " + words);
    for (Person reader : readers) {
      Optional<RoomEvent> read = reader.awaitRead(id);
      boolean right =
          read.isPresent()
              && read.get() instanceof TextMessage text
              && text.text().equals(words)
              && text.sender().equals(speaker.client().user())
              && (text.trust() == Trust.VERIFIED || text.trust() == Trust.SIGNED);
      String how = read.map(event -> inWords(event)).orElse("nothing");
      report.check(reader.name() + " reads " + how, right);
    }
    return id;
  }

  private static String inWords(RoomEvent event) {
    return switch (event) {
      case Message message ->
          "\"" + message.text() + "\" (" + event.trust().name().toLowerCase(Locale.ROOT) + ")";
      case Undecryptable hidden -> "nothing: " + hidden.explanation();
      default -> "something else";
    };
  }

  private Map<EventId, ObjectNode> lookAtServer(Scene scene, Room room) {
    report.step(
        "What the server has of it. It is asked with Ada's password, but without her keys.");
    Map<EventId, ObjectNode> held = held(scene, "ada", room);
    boolean allSeen = true;
    for (EventId id : said.keySet()) {
      ObjectNode event = held.get(id);
      boolean sealed =
          event != null
              && event.path("type").stringValue("").equals(EventTypes.ENCRYPTED)
              && !ciphertext(event).isEmpty();
      if (event != null) {
        report.tell(
            event.path("sender").stringValue("")
                + ", "
                + event.path("type").stringValue("")
                + ": "
                + begin(ciphertext(event)));
      }
      allSeen &= sealed;
    }
    report.check("It has each message, as ciphertext.", allSeen);
    String everything = held.values().toString();
    report.check(
        "In all that it answers none of the words are to be found.",
        secrets.stream().noneMatch(everything::contains));
    report.check(
        "It does know the room's name and who wrote when: that is not encrypted in Matrix.",
        everything.contains(ROOM) && everything.contains(scene.bob.client().user().value()));
    return held;
  }

  private static String begin(String ciphertext) {
    return ciphertext.substring(0, Math.min(SHOWN_CHARACTERS, ciphertext.length())) + "...";
  }

  private static Map<EventId, ObjectNode> held(Scene scene, String user, Room room) {
    try (ServerView view = new ServerView(scene.server.address(), user, PASSWORD)) {
      return view.events(room.id());
    }
  }

  private void forge(Scene scene, Room room, Map<EventId, ObjectNode> held) throws Exception {
    report.step("A dishonest server plays tricks with what Bob has said.");
    ObjectNode content =
        said.keySet().stream()
            .map(held::get)
            .filter(event -> isBy(event, scene.bob))
            .map(Demo::content)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("The server lost what Bob has said."));
    EventId replayed;
    EventId tampered;
    try (ServerView asBob = new ServerView(scene.server.address(), "bob", PASSWORD)) {
      replayed = asBob.send(room.id(), EventTypes.ENCRYPTED, content);
      ObjectNode changed = content.deepCopy();
      changed.put("ciphertext", tampered(content.path("ciphertext").stringValue("")));
      tampered = asBob.send(room.id(), EventTypes.ENCRYPTED, changed);
    }
    EventId stolen;
    try (ServerView asCleo = new ServerView(scene.server.address(), "cleo", PASSWORD)) {
      stolen = asCleo.send(room.id(), EventTypes.ENCRYPTED, content);
    }
    for (Person reader : List.of(scene.ada, scene.cleo)) {
      refused(reader, replayed, "shown a second time", Undecryptable.Cause.REPLAY);
      refused(reader, tampered, "with one letter changed", Undecryptable.Cause.TAMPERED);
      refused(reader, stolen, "as if Cleo had said it", Undecryptable.Cause.WRONG_SENDER);
    }
  }

  private static ObjectNode content(@Nullable ObjectNode event) {
    return event != null && event.get("content") instanceof ObjectNode content
        ? content.deepCopy()
        : Json.object();
  }

  private static String ciphertext(@Nullable ObjectNode event) {
    return content(event).path("ciphertext").stringValue("");
  }

  private static boolean isBy(@Nullable ObjectNode event, Person person) {
    return event != null
        && event.path("sender").stringValue("").equals(person.client().user().value());
  }

  /// Another letter in the middle, where the text of the message is.
  private static String tampered(String ciphertext) {
    int place = ciphertext.length() / 2;
    char other = ciphertext.charAt(place) == 'A' ? 'B' : 'A';
    return ciphertext.substring(0, place) + other + ciphertext.substring(place + 1);
  }

  private void refused(Person reader, EventId forged, String how, Undecryptable.Cause cause)
      throws InterruptedException {
    Optional<RoomEvent> event = reader.awaitRead(forged);
    boolean refused =
        event.isPresent() && event.get() instanceof Undecryptable hidden && hidden.cause() == cause;
    String why = event.map(Demo::inWords).orElse("nothing at all");
    report.check(reader.name() + ", " + how + ", reads " + why, refused);
  }

  private void leave(Scene scene, Room room, Map<EventId, ObjectNode> before) throws Exception {
    report.step("Cleo leaves. What is said from then on is not for her.");
    Room cleos = scene.cleo.client().room(room.id());
    cleos.leave();
    for (Person left : List.of(scene.ada, scene.bob)) {
      report.check(
          left.name() + " sees her go.",
          left.await(event -> isMembership(event, scene.cleo, Membership.LEAVE)).isPresent());
    }
    EventId later =
        say(
            scene.ada,
            room,
            "The key now lies behind the third drainpipe.",
            List.of(scene.ada, scene.bob));
    report.check("The server does not give it to her.", !isGiven(cleos, later));
    ObjectNode sealed = held(scene, "ada", room).get(later);
    EventId earlier = said.keySet().iterator().next();
    ObjectNode old = before.get(earlier);
    if (sealed == null || old == null) {
      report.check("The server still has the messages.", false);
      return;
    }
    RoomEvent attempt = cleos.decrypt(sealed);
    report.check(
        "Even if somebody passes the ciphertext to her, her keys read " + inWords(attempt),
        attempt instanceof Undecryptable);
    RoomEvent control = cleos.decrypt(old);
    report.check(
        "What was said while she was there she still reads: " + inWords(control),
        control instanceof TextMessage text && text.text().equals(said.get(earlier)));
  }

  private static boolean isGiven(Room room, EventId event) {
    try {
      room.event(event);
      return true;
    } catch (MatrixRequestException e) {
      return e.kind() != MatrixRequestException.Kind.REFUSED;
    }
  }

  private void searchDisk(Scene scene, Map<EventId, ObjectNode> held) throws Exception {
    report.step("Everybody goes, the server stops, and every byte of its folder is looked at.");
    for (Person person : scene.all()) {
      scene.cleanup.close(person);
    }
    scene.cleanup.close(scene.server);
    Path data = scene.cleanup.folder().resolve("data");
    Traces traces = new Traces();
    String ciphertext = ciphertext(held.get(said.keySet().iterator().next()));
    List<String> controls = List.of(ROOM, ciphertext);
    Map<String, String> seen = traces.find(data, controls);
    report.check(
        "The search works: it finds the room's name and the ciphertext of the first message.",
        seen.keySet().containsAll(controls));
    Map<String, String> found = traces.find(data, secrets);
    report.tell(
        String.format(
            Locale.ROOT,
            "%d files, %,d bytes; as text and in base64.",
            traces.files(),
            traces.bytes()));
    report.check(
        "None of "
            + secrets.size()
            + " messages, file contents, file names and passwords is in it"
            + (found.isEmpty() ? "." : ", but for " + found),
        found.isEmpty());
  }
}
