package dev.sotto.client.terminal.chat;

import dev.sotto.client.Room;
import dev.sotto.client.event.Edit;
import dev.sotto.client.event.FileMessage;
import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Message;
import dev.sotto.client.event.OtherEvent;
import dev.sotto.client.event.OtherMessage;
import dev.sotto.client.event.Reaction;
import dev.sotto.client.event.Redacted;
import dev.sotto.client.event.Redaction;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.StateChange;
import dev.sotto.client.event.TextMessage;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.client.terminal.screen.Colour;
import dev.sotto.client.terminal.screen.Harmless;
import dev.sotto.client.terminal.screen.Line;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.UserId;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jline.utils.AttributedString;
import tools.jackson.databind.JsonNode;

/// What is shown of an event. All that comes from others is made harmless here. For any number of
/// threads.
final class EventLines {
  private static final DateTimeFormatter TODAY = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
  private static final DateTimeFormatter EARLIER =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

  private static final String FURTHER = "      | ";

  private final UserId self;
  private final Names names;
  private final ReceivedFiles files;
  private final Clock clock;

  EventLines(UserId self, Names names, ReceivedFiles files, Clock clock) {
    this.self = self;
    this.names = names;
    this.files = files;
    this.clock = clock;
  }

  /// The lines for an event; none if there is nothing in it for people.
  ///
  /// @param elsewhere whether the room has to be named, as it is not the one that is looked at
  List<AttributedString> of(Room room, RoomEvent event, boolean elsewhere) {
    return switch (event) {
      case TextMessage text -> said(room, event, elsewhere, text, "");
      case FileMessage file -> file(room, file, elsewhere);
      case OtherMessage other -> other(room, other, elsewhere);
      case Edit edit -> said(room, event, elsewhere, edit.replacement(), " (edited)");
      case Reaction reaction ->
          done(room, event, elsewhere, "reacts with " + Harmless.name(reaction.key(), "a sign"));
      case Redaction _ -> done(room, event, elsewhere, "has taken a message back");
      case Redacted _ when event.envelope().stateKey().isPresent() -> List.of();
      case Redacted _ -> done(room, event, elsewhere, "said something that was taken back");
      case MemberChange change -> member(room, change, elsewhere);
      case StateChange change -> state(room, change, elsewhere);
      case Undecryptable hidden -> hidden(room, hidden, elsewhere);
      case OtherEvent _ -> List.of();
    };
  }

  private Line begin(Room room, RoomEvent event, boolean elsewhere) {
    Line line = new Line().add(Colour.FAINT, time(event) + " ");
    if (elsewhere) {
      line.add(Colour.FAINT, "[" + RoomNames.of(room) + "] ");
    }
    return line;
  }

  private String time(RoomEvent event) {
    ZonedDateTime at = event.sentAt().atZone(clock.getZone());
    boolean today = at.toLocalDate().equals(ZonedDateTime.now(clock).toLocalDate());
    return (today ? TODAY : EARLIER).format(at);
  }

  private Line name(Line line, Room room, UserId user) {
    return user.equals(self)
        ? line.add(Colour.OWN, "you")
        : line.add(Colour.OTHERS, names.of(room, user));
  }

  private List<AttributedString> said(
      Room room, RoomEvent event, boolean elsewhere, Message message, String remark) {
    Line line = begin(room, event, elsewhere);
    mark(line, room, event);
    if (message instanceof TextMessage text && text.kind() == TextMessage.Kind.EMOTE) {
      line.add("* ");
      name(line, room, event.sender()).add(" ");
    } else {
      name(line, room, event.sender()).add(": ");
    }
    if (message.replyTo().isPresent()) {
      line.add(Colour.FAINT, "(in reply) ");
    }
    return lines(line, Harmless.lines(message.text()), remark);
  }

  private static List<AttributedString> lines(Line first, List<String> texts, String remark) {
    List<AttributedString> lines = new ArrayList<>();
    Line line = first;
    for (int i = 0; i < texts.size(); i++) {
      line.add(texts.get(i));
      if (i == texts.size() - 1) {
        line.add(Colour.FAINT, remark);
      }
      lines.add(line.line());
      line = new Line().add(Colour.FAINT, FURTHER);
    }
    return lines;
  }

  private List<AttributedString> file(Room room, FileMessage file, boolean elsewhere) {
    int number = files.add(room, file);
    Line line = begin(room, file, elsewhere);
    mark(line, room, file);
    name(line, room, file.sender())
        .add(file.sender().equals(self) ? " send " : " sends ")
        .add(Colour.STRONG, Harmless.name(file.fileName(), "a file"));
    String facts =
        file.contentType().map(type -> Harmless.name(type, "?")).orElse("of unknown type");
    if (file.sizeBytes().isPresent()) {
      facts += ", " + ReceivedFiles.size(file.sizeBytes().getAsLong());
    }
    line.add(Colour.FAINT, " (" + facts + "; /save " + number + ")");
    if (file.text().equals(file.fileName())) {
      return List.of(line.line());
    }
    return lines(line.add(": "), Harmless.lines(file.text()), "");
  }

  private List<AttributedString> other(Room room, OtherMessage message, boolean elsewhere) {
    if (message.kind().startsWith("m.key.verification.")) {
      return List.of();
    }
    return said(room, message, elsewhere, message, " (" + Harmless.name(message.kind(), "?") + ")");
  }

  private List<AttributedString> done(Room room, RoomEvent event, boolean elsewhere, String what) {
    Line line = begin(room, event, elsewhere);
    return List.of(name(line.add("* "), room, event.sender()).add(" " + you(event, what)).line());
  }

  /// The verb for oneself.
  private String you(RoomEvent event, String what) {
    return event.sender().equals(self)
        ? what.replaceFirst("^has ", "have ").replaceFirst("^reacts ", "react ")
        : what;
  }

  private List<AttributedString> hidden(Room room, Undecryptable hidden, boolean elsewhere) {
    Line line = begin(room, hidden, elsewhere);
    name(line, room, hidden.sender()).add(": ");
    Colour colour = hidden.mayBecomeReadable() ? Colour.WARNING : Colour.DANGER;
    return List.of(line.add(colour, "[" + Harmless.line(hidden.explanation()) + "]").line());
  }

  private List<AttributedString> member(Room room, MemberChange change, boolean elsewhere) {
    String target = change.user().equals(self) ? "you" : names.of(room, change.user());
    boolean own = change.user().equals(change.sender());
    JsonNode before = change.envelope().json().path("unsigned").path("prev_content");
    boolean wasIn = before.path("membership").stringValue("").equals("join");
    boolean wasInvited = before.path("membership").stringValue("").equals("invite");
    String what =
        switch (change.membership()) {
          case JOIN -> wasIn ? renamed(change, before) : "came in";
          case INVITE -> "invited " + target;
          case KNOCK -> "would like to come in";
          case LEAVE -> own ? gone(wasInvited) : sentAway(wasIn) + target;
          case BAN -> "banned " + target;
        };
    if (what.isEmpty()) {
      return List.of();
    }
    Line line = begin(room, change, elsewhere).add("* ");
    return List.of(name(line, room, change.sender()).add(" " + what).line());
  }

  private static String gone(boolean wasInvited) {
    return wasInvited ? "declined the invitation" : "left";
  }

  private static String sentAway(boolean wasIn) {
    return wasIn ? "put out " : "took the invitation or ban from ";
  }

  private static String renamed(MemberChange change, JsonNode before) {
    String old = before.path("displayname").stringValue("");
    String now = change.displayName().orElse("");
    return now.equals(old)
        ? ""
        : "changed the name to " + Harmless.name(now, change.user().value());
  }

  private List<AttributedString> state(Room room, StateChange change, boolean elsewhere) {
    String what =
        switch (change.type()) {
          case EventTypes.NAME -> "called the room " + value(change, "name");
          case EventTypes.TOPIC -> "set the topic: " + value(change, "topic");
          case EventTypes.ENCRYPTION -> "turned encryption on";
          default -> "";
        };
    if (what.isEmpty() || !change.stateKey().isEmpty()) {
      return List.of();
    }
    Line line = begin(room, change, elsewhere).add("* ");
    return List.of(name(line, room, change.sender()).add(" " + what).line());
  }

  private static String value(StateChange change, String field) {
    return Harmless.line(change.content().path(field).stringValue(""));
  }

  /// Marks what does not come from whom it seems to, or could be read on its way.
  private void mark(Line line, Room room, RoomEvent event) {
    switch (event.trust()) {
      case VERIFIED, SIGNED -> {}
      case CLEAR -> {
        if (isEncrypted(room)) {
          line.add(Colour.DANGER, "[not encrypted] ");
        }
      }
      case UNSIGNED -> line.add(Colour.DANGER, "[unverified device] ");
      case OWNER_CHANGED -> line.add(Colour.DANGER, "[identity has changed] ");
      case UNKNOWN_DEVICE -> line.add(Colour.DANGER, "[unknown device] ");
      case UNPROVEN -> line.add(Colour.WARNING, "[sender not proven] ");
    }
  }

  private static boolean isEncrypted(Room room) {
    try {
      return room.isEncrypted();
    } catch (RuntimeException _) {
      // The server does not say; rather one mark too many.
      return true;
    }
  }
}
