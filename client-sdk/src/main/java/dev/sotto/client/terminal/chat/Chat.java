package dev.sotto.client.terminal.chat;

import dev.sotto.client.Draft;
import dev.sotto.client.Invitation;
import dev.sotto.client.MatrixClient;
import dev.sotto.client.Problem;
import dev.sotto.client.Room;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.terminal.screen.Colour;
import dev.sotto.client.terminal.screen.Harmless;
import dev.sotto.client.terminal.screen.Line;
import dev.sotto.client.terminal.screen.Screen;
import dev.sotto.protocol.id.EventId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;

/// A chat with somebody before a screen. One thread reads what is typed; events come on others.
final class Chat {
  private static final Duration LAST_ECHO = Duration.ofSeconds(5);
  private static final Duration LAST_MARK = Duration.ofSeconds(2);

  private final MatrixClient client;
  private final Screen screen;
  private final Path downloads;
  private final Names names = new Names();
  private final ReceivedFiles files = new ReceivedFiles();
  private final Transcript transcript;
  private final VerifyOrders verification;
  private final FirstSteps firstSteps;
  private final Orders orders;
  private final Problems problems;
  private volatile @Nullable Room room;
  private volatile boolean over;
  private boolean failed;
  private @Nullable EventId lastSent;
  private @Nullable Thread marking;

  Chat(MatrixClient client, Screen screen, Path downloads, Clock clock) {
    this.client = client;
    this.screen = screen;
    this.downloads = downloads;
    EventLines lines = new EventLines(client.user(), clock);
    this.transcript = new Transcript(screen, names, files, lines);
    this.verification = new VerifyOrders(this);
    this.firstSteps = new FirstSteps(client, screen);
    this.orders = new Orders(this);
    this.problems = new Problems(screen, clock);
  }

  MatrixClient client() {
    return client;
  }

  Names names() {
    return names;
  }

  ReceivedFiles files() {
    return files;
  }

  Path downloads() {
    return downloads;
  }

  VerifyOrders verification() {
    return verification;
  }

  FirstSteps firstSteps() {
    return firstSteps;
  }

  Orders orders() {
    return orders;
  }

  /// Follows the news.
  ///
  /// @throws dev.sotto.client.error.MatrixRequestException if the server refuses the session
  void start() throws InterruptedException {
    client.on(RoomEvent.class, transcript::heard);
    client.onInvitation(this::invited);
    client.onProblem(problems);
    verification.listen();
    client.start();
    client.awaitFirstSync();
  }

  /// Reads and carries out what is typed, until nothing more is.
  ///
  /// @param first the room to begin with
  /// @param recoveryKey if it need not be asked for
  /// @return whether all that was typed could be carried out
  /// @throws Complaint if nobody is there who could choose another room than the first
  boolean run(Optional<String> first, Optional<String> recoveryKey) {
    try {
      firstSteps.take(recoveryKey);
    } catch (MatrixRequestException | IllegalStateException e) {
      wrong(e);
    }
    tell("You are " + client.user() + " on the device " + client.device() + ". /help says more.");
    begin(first);
    while (!over) {
      Optional<String> line = screen.line(prompt());
      if (line.isEmpty()) {
        break;
      }
      carryOut(line.get());
      markRead();
    }
    if (lastSent != null) {
      transcript.awaitShown(lastSent, LAST_ECHO);
    }
    awaitMarked();
    return !failed;
  }

  private void begin(Optional<String> first) {
    try {
      if (first.isPresent()) {
        orders.carryOut(new Input.Order("join", first.get()));
      } else if (rooms().size() == 1) {
        enter(rooms().getFirst());
      } else {
        orders.carryOut(new Input.Order("rooms", ""));
      }
    } catch (Exception e) {
      if (!screen.isTerminal() && first.isPresent()) {
        // What comes next is meant for that room.
        throw new Complaint(Sentences.of(e));
      }
      wrong(e);
    }
    if (room == null) {
      transcript.leave();
    }
  }

  private void carryOut(String line) {
    try {
      switch (Input.of(line)) {
        case Input.Nothing() -> {}
        case Input.Words(String text) -> {
          if (!verification.answer(text)) {
            sayOrKeep(text);
          }
        }
        case Input.Order order -> orders.carryOut(order);
      }
    } catch (Exception e) {
      failed = true;
      wrong(e);
    }
  }

  private void sayOrKeep(String text) {
    try {
      say(Draft.text(text));
    } catch (MatrixRequestException | IllegalStateException e) {
      throw new Complaint("Not sent; the arrow key brings it back. " + Sentences.of(e));
    }
  }

  /// Whoever types has read what was shown, and does not wait for the server to know.
  private void markRead() {
    Room here = room;
    if (here != null && screen.isTerminal()) {
      transcript
          .takeLatest()
          .ifPresent(read -> marking = Thread.startVirtualThread(() -> mark(here, read)));
    }
  }

  private void awaitMarked() {
    try {
      if (marking != null) {
        marking.join(LAST_MARK);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void mark(Room room, EventId read) {
    try {
      room.markRead(read);
    } catch (MatrixRequestException | IllegalStateException _) {
      // The next line that is typed says so again.
    }
  }

  private void wrong(Exception failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      over = true;
    }
    screen.show(new Line().add(Colour.WARNING, "! " + Sentences.of(failure)).line());
  }

  private AttributedString prompt() {
    Room here = room;
    if (here == null) {
      return new AttributedString("> ");
    }
    return new Line().add(Colour.STRONG, RoomNames.of(here)).add("> ").line();
  }

  private void invited(Invitation invitation) {
    screen.show(new Line().add(Colour.STRONG, "* " + describe(invitation) + ". /join").line());
  }

  /// An invitation in words.
  static String describe(Invitation invitation) {
    String whereto =
        invitation.roomName().map(name -> Harmless.name(name, "a room")).orElse("a room");
    String who = invitation.inviter().map(Names::id).orElse("Somebody");
    return who + " invites you to " + whereto;
  }

  /// Shows a line of the program's own.
  void tell(String line) {
    screen.show(new Line().add(Colour.FAINT, line).line());
  }

  void show(Line line) {
    screen.show(line.line());
  }

  /// The rooms that we are in, in the order of their names.
  List<Room> rooms() {
    return client.rooms().stream()
        .sorted(
            Comparator.comparing((Room one) -> RoomNames.of(one).toLowerCase(Locale.ROOT))
                .thenComparing(one -> one.id().value()))
        .toList();
  }

  /// The room that is looked at.
  ///
  /// @throws Complaint if there is none
  Room here() {
    Room here = room;
    if (here == null) {
      throw new Complaint("You are in no room yet: /rooms, /join ROOM or /create NAME.");
    }
    return here;
  }

  Optional<Room> looked() {
    return Optional.ofNullable(room);
  }

  /// Looks at a room.
  void enter(Room other) {
    enter(other, false);
  }

  /// Comes into a room, and looks at it. What is heard of it on the way is shown when it is
  /// entered.
  void enterNew(Supplier<Room> way) {
    transcript.hold();
    Room other;
    try {
      other = way.get();
    } catch (RuntimeException e) {
      transcript.open();
      throw e;
    }
    enter(other, true);
  }

  private void enter(Room other, boolean isNew) {
    transcript.enter(other, isNew, () -> head(other));
    room = other;
  }

  /// Shows what was said before what was shown of the room that is looked at.
  void earlier() {
    if (!transcript.earlier(here())) {
      tell("Nothing earlier was found.");
    }
  }

  private void head(Room other) {
    show(new Line().add(Colour.STRONG, "--- " + RoomNames.of(other) + " ---"));
    other.topic().ifPresent(topic -> tell(Harmless.line(topic)));
    if (!other.isEncrypted()) {
      show(
          new Line()
              .add(Colour.DANGER, "This room is not encrypted: the server reads what is said."));
    } else if (other.isHistoryShared()) {
      tell("What is said here may be shared with people who are invited later.");
    }
  }

  /// Leaves the room that is looked at.
  void leave() {
    Room left = here();
    left.leave();
    room = null;
    transcript.leave();
    tell("You have left " + RoomNames.of(left) + ".");
  }

  /// Says something in the room that is looked at. It is shown when the server has it.
  void say(Draft draft) {
    lastSent = here().send(draft);
  }

  /// Sends a file to the room that is looked at.
  void send(Path file) throws IOException {
    lastSent = here().sendFile(file);
  }

  /// Ends the chat.
  void quit() {
    over = true;
  }

  /// Tells of what goes wrong by itself, and not the same again and again.
  private static final class Problems implements Problem.Listener {
    private static final long PAUSE_MS = 60_000;

    private final Screen screen;
    private final Clock clock;
    private String last = "";
    private long lastAtMs;

    Problems(Screen screen, Clock clock) {
      this.screen = screen;
      this.clock = clock;
    }

    @Override
    public synchronized void onProblem(Problem problem) {
      String said = sentence(problem);
      if (said.equals(last) && clock.millis() - lastAtMs < PAUSE_MS) {
        return;
      }
      last = said;
      lastAtMs = clock.millis();
      screen.show(new Line().add(Colour.WARNING, "! " + said).line());
    }

    private static boolean isAway(Throwable cause) {
      return cause instanceof MatrixRequestException request
          && switch (request.kind()) {
            case UNREACHABLE, TIMED_OUT -> true;
            case REFUSED, UNTRUSTED, GARBLED, TOO_LARGE, INTERRUPTED -> false;
          };
    }

    private static boolean isOver(Throwable cause) {
      return cause instanceof MatrixRequestException request && request.isLoggedOut();
    }

    private static String sentence(Problem problem) {
      String cause = Sentences.of(problem.cause());
      return switch (problem.kind()) {
        case HANDLER -> "An event could not be shown. " + cause;
        case OVERFLOW, GAP, UNREADABLE ->
            "Some of what was said is not shown here; /room shows it.";
        case SERVER -> cause + (isOver(problem.cause()) ? "" : " Trying again.");
        case LEFT_OUT -> cause;
        case ENCRYPTION ->
            isAway(problem.cause())
                ? cause + " Trying again."
                : "Encryption could not do its work. " + cause;
      };
    }
  }
}
