package dev.sotto.client.terminal.chat;

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
  private final Clock clock;

  EventLines(UserId self, Clock clock) {
    this.self = self;
    this.clock = clock;
  }

  /// The lines for an event; none if there is nothing in it for people.
  List<AttributedString> of(Around around, RoomEvent event) {
    return switch (event) {
      case TextMessage text -> said(around, event, text, "");
      case FileMessage file -> file(around, file);
      case OtherMessage other -> other(around, other);
      case Edit edit -> said(around, event, edit.replacement(), " (edited)");
      case Reaction reaction ->
          done(around, event, "reacts with " + Harmless.name(reaction.key(), "a sign"));
      case Redaction _ -> done(around, event, "has taken a message back");
      case Redacted _ when event.envelope().stateKey().isPresent() -> List.of();
      case Redacted _ -> done(around, event, "said something that was taken back");
      case MemberChange change -> member(around, change);
      case StateChange change -> state(around, change);
      case Undecryptable hidden -> hidden(around, hidden);
      case OtherEvent _ -> List.of();
    };
  }

  private Line begin(Around around, RoomEvent event) {
    Line line = new Line().add(Colour.FAINT, time(event) + " ");
    if (around.elsewhere()) {
      line.add(Colour.FAINT, "[" + around.room() + "] ");
    }
    return line;
  }

  private String time(RoomEvent event) {
    ZonedDateTime at = event.sentAt().atZone(clock.getZone());
    boolean today = at.toLocalDate().equals(ZonedDateTime.now(clock).toLocalDate());
    return (today ? TODAY : EARLIER).format(at);
  }

  private Line name(Line line, Around around, UserId user) {
    return user.equals(self)
        ? line.add(Colour.OWN, "you")
        : line.add(Colour.OTHERS, around.name(user));
  }

  private List<AttributedString> said(
      Around around, RoomEvent event, Message message, String remark) {
    Line line = begin(around, event);
    mark(line, around, event);
    if (message instanceof TextMessage text && text.kind() == TextMessage.Kind.EMOTE) {
      // One's own name too: "you waves" is not said.
      Colour colour = event.sender().equals(self) ? Colour.OWN : Colour.OTHERS;
      line.add("* ").add(colour, around.name(event.sender())).add(" ");
    } else {
      name(line, around, event.sender()).add(": ");
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

  private List<AttributedString> file(Around around, FileMessage file) {
    int number = around.number(file);
    Line line = begin(around, file);
    mark(line, around, file);
    name(line, around, file.sender())
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

  private List<AttributedString> other(Around around, OtherMessage message) {
    if (message.kind().startsWith("m.key.verification.")) {
      return List.of();
    }
    return said(around, message, message, " (" + Harmless.name(message.kind(), "?") + ")");
  }

  private List<AttributedString> done(Around around, RoomEvent event, String what) {
    Line line = begin(around, event);
    return List.of(name(line.add("* "), around, event.sender()).add(" " + you(event, what)).line());
  }

  /// The verb for oneself.
  private String you(RoomEvent event, String what) {
    return event.sender().equals(self)
        ? what.replaceFirst("^has ", "have ").replaceFirst("^reacts ", "react ")
        : what;
  }

  private List<AttributedString> hidden(Around around, Undecryptable hidden) {
    Line line = begin(around, hidden);
    name(line, around, hidden.sender()).add(": ");
    Colour colour = hidden.mayBecomeReadable() ? Colour.WARNING : Colour.DANGER;
    return List.of(line.add(colour, "[" + Harmless.line(hidden.explanation()) + "]").line());
  }

  private List<AttributedString> member(Around around, MemberChange change) {
    String target = change.user().equals(self) ? "you" : around.name(change.user());
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
    Line line = begin(around, change).add("* ");
    return List.of(name(line, around, change.sender()).add(" " + what).line());
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

  private List<AttributedString> state(Around around, StateChange change) {
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
    Line line = begin(around, change).add("* ");
    return List.of(name(line, around, change.sender()).add(" " + what).line());
  }

  private static String value(StateChange change, String field) {
    return Harmless.line(change.content().path(field).stringValue(""));
  }

  /// Marks what does not come from whom it seems to, or could be read on its way.
  private void mark(Line line, Around around, RoomEvent event) {
    switch (event.trust()) {
      case VERIFIED, SIGNED -> {}
      case CLEAR -> {
        if (around.encrypted()) {
          line.add(Colour.DANGER, "[not encrypted] ");
        }
      }
      case UNSIGNED -> line.add(Colour.DANGER, "[unverified device] ");
      case OWNER_CHANGED -> line.add(Colour.DANGER, "[identity has changed] ");
      case UNKNOWN_DEVICE -> line.add(Colour.DANGER, "[unknown device] ");
      case UNPROVEN -> line.add(Colour.WARNING, "[sender not proven" + giver(event) + "] ");
    }
  }

  /// By the id, since names are chosen freely: whom to believe depends on it.
  private static String giver(RoomEvent event) {
    return event.keysFrom().map(giver -> "; keys from " + Names.id(giver)).orElse("");
  }
}
