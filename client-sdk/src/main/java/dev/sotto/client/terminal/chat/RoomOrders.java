package dev.sotto.client.terminal.chat;

import dev.sotto.client.Invitation;
import dev.sotto.client.NewRoom;
import dev.sotto.client.Room;
import dev.sotto.client.terminal.screen.Colour;
import dev.sotto.client.terminal.screen.Harmless;
import dev.sotto.client.terminal.screen.Line;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The orders that are about rooms and who is in them.
final class RoomOrders {
  private final Chat chat;

  RoomOrders(Chat chat) {
    this.chat = chat;
  }

  void list() {
    List<Room> rooms = chat.rooms();
    for (int i = 0; i < rooms.size(); i++) {
      Room room = rooms.get(i);
      Line line = new Line().add(Colour.FAINT, String.format("%3d ", i + 1));
      line.add(Colour.STRONG, RoomNames.of(room));
      room.alias().ifPresent(alias -> line.add(Colour.FAINT, " " + Harmless.line(alias)));
      line.add(Colour.FAINT, " " + Harmless.line(room.id().value()));
      if (!room.isEncrypted()) {
        line.add(Colour.DANGER, " [not encrypted]");
      }
      chat.show(line);
    }
    List<Invitation> invitations = chat.client().invitations();
    for (Invitation invitation : invitations) {
      String id = Harmless.line(invitation.roomId().value());
      chat.show(
          new Line().add(Colour.STRONG, "  * " + Chat.describe(invitation) + ": /join " + id));
    }
    if (rooms.isEmpty() && invitations.isEmpty()) {
      chat.tell("You are in no room yet: /create NAME makes one, /join ROOM joins one.");
    }
  }

  void look(String rest) {
    if (rest.isEmpty()) {
      chat.enter(chat.here());
      return;
    }
    chat.enter(
        RoomNames.find(chat.rooms(), rest)
            .orElseThrow(
                () ->
                    new Complaint(
                        "You are in no room "
                            + Harmless.name(rest, "like that")
                            + ", or in several whose names begin so; /rooms lists them.")));
  }

  void join(String rest) {
    List<Invitation> invitations = chat.client().invitations();
    if (rest.isEmpty()) {
      if (invitations.size() != 1) {
        throw new Complaint(
            invitations.isEmpty()
                ? "Nobody has invited you. /join #NAME:SERVER joins an open room."
                : "You have several invitations; /rooms lists them.");
      }
      chat.enterNew(invitations.getFirst()::accept);
      return;
    }
    Optional<Invitation> meant =
        invitations.stream().filter(invitation -> isMeant(invitation, rest)).findFirst();
    if (meant.isPresent()) {
      chat.enterNew(meant.get()::accept);
      return;
    }
    Optional<Room> known = RoomNames.find(chat.rooms(), rest);
    if (known.isPresent()) {
      chat.enter(known.get());
    } else if (rest.startsWith("#") || rest.startsWith("!")) {
      chat.enterNew(() -> chat.client().join(rest));
    } else {
      throw new Complaint(
          "There is no room or invitation "
              + Harmless.name(rest, "like that")
              + " here. An address begins with #, an id with !.");
    }
  }

  private static boolean isMeant(Invitation invitation, String rest) {
    return invitation.roomId().value().equals(rest)
        || invitation
            .roomName()
            .map(name -> Harmless.name(name, ""))
            .filter(rest::equalsIgnoreCase)
            .isPresent();
  }

  void create(String rest) {
    Orders.require(rest, "What is it to be called? /create NAME [@USER ...]");
    List<String> words = new ArrayList<>(List.of(rest.split("\\s+")));
    List<UserId> invited = new ArrayList<>();
    while (!words.isEmpty() && words.getLast().startsWith("@")) {
      invited.addFirst(user(words.removeLast()));
    }
    NewRoom wanted = words.isEmpty() ? NewRoom.unnamed() : NewRoom.named(String.join(" ", words));
    chat.enterNew(() -> chat.client().createRoom(wanted.invite(invited.toArray(UserId[]::new))));
  }

  void invite(String rest) {
    UserId user = user(Orders.require(rest, "Whom? /invite @NAME:SERVER"));
    chat.here().invite(user);
  }

  /// The user that is meant by an id, or by the part of it before the colon on one's own server.
  private UserId user(String typed) {
    return user(typed, chat.client().user());
  }

  static UserId user(String typed, UserId self) {
    String id = typed.startsWith("@") ? typed : "@" + typed;
    try {
      return new UserId(id.contains(":") ? id : id + ":" + self.server().value());
    } catch (MatrixException _) {
      throw new Complaint(Harmless.name(typed, "That") + " is not like @name:server.");
    }
  }
}
