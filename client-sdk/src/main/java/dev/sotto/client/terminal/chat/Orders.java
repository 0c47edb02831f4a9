package dev.sotto.client.terminal.chat;

import dev.sotto.client.Draft;
import dev.sotto.client.terminal.screen.Colour;
import dev.sotto.client.terminal.screen.Harmless;
import dev.sotto.client.terminal.screen.Line;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What can be asked of the program by lines that begin with a slash.
final class Orders {
  /// What completes the words behind an order.
  enum Subject {
    NOTHING,
    ROOM,
    INVITATION,
    PERSON,
    PATH
  }

  /// Carries an order out.
  @FunctionalInterface
  interface Action {
    /// @param rest what stands behind the order
    void carryOut(String rest) throws Exception;
  }

  /// An order.
  ///
  /// @param usage what stands behind it
  record Order(String name, String usage, String help, Subject subject, Action action) {}

  private final Chat chat;
  private final Map<String, Order> orders = new LinkedHashMap<>();

  Orders(Chat chat) {
    this.chat = chat;
    RoomOrders rooms = new RoomOrders(chat);
    add("rooms", "", "list your rooms and invitations", Subject.NOTHING, _ -> rooms.list());
    add("room", "[ROOM]", "look at a room, or at this one again", Subject.ROOM, rooms::look);
    add("earlier", "", "what was said here before", Subject.NOTHING, _ -> chat.earlier());
    add("join", "[ROOM]", "accept an invitation, or join a room", Subject.INVITATION, rooms::join);
    add(
        "create",
        "NAME [@USER ...]",
        "make an encrypted room and invite people",
        Subject.PERSON,
        rooms::create);
    add("invite", "@USER", "invite somebody to this room", Subject.PERSON, rooms::invite);
    add("leave", "", "leave this room", Subject.NOTHING, _ -> chat.leave());
    add("who", "", "who is in this room", Subject.NOTHING, _ -> new WhoOrder(chat).list());
    add(
        "verify",
        "[@USER | me | no]",
        "verify somebody or your devices, answer a request",
        Subject.PERSON,
        chat.verification()::verify);
    add(
        "confirm",
        "@USER",
        "believe a changed identity unverified",
        Subject.PERSON,
        chat.verification()::confirm);
    add(
        "recovery",
        "[new]",
        "use your recovery key, or make a new one",
        Subject.NOTHING,
        chat.firstSteps()::order);
    add("me", "WORDS", "say what you do", Subject.NOTHING, this::me);
    FileOrders files = new FileOrders(chat);
    add("file", "PATH", "send a file", Subject.PATH, files::send);
    add("save", "[NUMBER] [PATH]", "save a received file", Subject.NOTHING, files::save);
    add("help", "", "this list", Subject.NOTHING, _ -> help());
    add("quit", "", "end the chat; the session is kept", Subject.NOTHING, _ -> chat.quit());
  }

  private void add(String name, String usage, String help, Subject subject, Action action) {
    orders.put(name, new Order(name, usage, help, subject, action));
  }

  /// Carries an order out.
  ///
  /// @throws Complaint if there is no such order, or it cannot be carried out
  void carryOut(Input.Order wanted) throws Exception {
    Order order = orders.get(wanted.name());
    if (order == null) {
      throw new Complaint(
          "There is no /"
              + Harmless.name(wanted.name(), "?")
              + "; /help lists what there is. To say a line that begins with a slash, type two.");
    }
    order.action.carryOut(wanted.rest());
  }

  /// All orders.
  List<Order> all() {
    return new ArrayList<>(orders.values());
  }

  Optional<Order> find(String name) {
    return Optional.ofNullable(orders.get(name));
  }

  private void me(String rest) {
    chat.say(Draft.emote(require(rest, "What do you do? /me waves")));
  }

  private void help() {
    for (Order order : orders.values()) {
      String typed = "/" + order.name + (order.usage.isEmpty() ? "" : " " + order.usage);
      chat.show(
          new Line().add(Colour.STRONG, String.format("  %-25s", typed)).add(" " + order.help));
    }
    chat.tell("Everything else that you type is said in the room; // begins a line with a slash.");
  }

  /// What stands behind an order.
  ///
  /// @throws Complaint if that is nothing
  static String require(String rest, String otherwise) {
    if (rest.isEmpty()) {
      throw new Complaint(otherwise);
    }
    return rest;
  }
}
