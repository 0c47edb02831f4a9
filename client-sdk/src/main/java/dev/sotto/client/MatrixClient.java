package dev.sotto.client;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Edit;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.Message;
import dev.sotto.client.event.Reaction;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.TextMessage;
import dev.sotto.client.http.Request;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A user's device on a homeserver.
///
/// ```java
/// try (var client = MatrixClient.at("https://example.org")
///     .store(Path.of("bot.db"), passphrase).login("bot", password)) {
///   client.onInvitation(Invitation::accept);
///   client.onMessage((room, message) -> {
///     if (message.text().equals("!ping")) room.reply(message, "pong");
///   });
///   client.run();
/// }
/// ```
///
/// Every method blocks and may be called by any thread; a thread that is interrupted gives up. What
/// goes wrong with the server is a [MatrixRequestException].
///
/// Events are handed to handlers at least once: they are kept until handled, so that a program
/// which is killed goes on where it was; the last few then come a second time. What happened before
/// the first start, and before we came to a room, is history: handlers do not get it,
/// [Room#timeline] does.
public final class MatrixClient implements AutoCloseable {
  /// Hears who is typing.
  @FunctionalInterface
  public interface TypingHandler {
    /// Hears of a change.
    ///
    /// @param users all who are typing in the room now
    void handle(Room room, Set<UserId> users) throws Exception;
  }

  /// Hears who has read what.
  @FunctionalInterface
  public interface ReceiptHandler {
    /// Hears of one receipt.
    void handle(Room room, Receipt receipt) throws Exception;
  }

  private final Engine engine;
  private final Map<String, Commands> commands = new ConcurrentHashMap<>();

  MatrixClient(Engine engine) {
    this.engine = engine;
  }

  /// Begins to connect to a homeserver.
  ///
  /// @param homeserver its address, such as `https://matrix.example.org`, or the name behind the
  ///   colon of its users' ids, such as `example.org`, by which the address is found out at the
  ///   first login; for a server that moves see [ClientBuilder#serverMoved]
  public static ClientBuilder at(String homeserver) {
    return new ClientBuilder(homeserver);
  }

  private Services services() {
    return engine.services();
  }

  /// Who we are.
  public UserId user() {
    return services().self();
  }

  /// On which device.
  public DeviceId device() {
    return engine.device();
  }

  /// Whose devices are whose.
  public Security security() {
    return engine.security();
  }

  /// What lets our user begin again on a new device.
  public Recovery recovery() {
    return engine.recovery();
  }

  // Running

  /// Follows the news on a thread of its own, and returns at once. Does nothing if that is so
  /// already.
  public void start() {
    engine.life().start();
  }

  /// Waits, after [#start], until the state of things is known: from then on [#rooms] is complete.
  ///
  /// @throws MatrixRequestException if the server refuses the session
  public void awaitFirstSync() throws InterruptedException {
    engine.life().awaitFirstSync();
  }

  /// Follows the news until the client is closed, by another thread or a handler, or this thread is
  /// interrupted.
  ///
  /// @throws MatrixRequestException if the server refuses the session, for example because the
  ///   device was removed: see [#logout] for how to go on
  public void run() {
    engine.life().run();
  }

  /// Stops. The session lives on: the next start with the same store carries it on.
  ///
  /// Handlers that are at work are waited for, and interrupted after ten seconds. A handler may
  /// close the client as well; it then goes on to its end.
  @Override
  public void close() {
    engine.life().close();
  }

  /// Removes this device from the account, closes the client, and forgets the session and all keys:
  /// the file is then as good as a new one, for whoever logs in with it next. What only this device
  /// can decrypt is lost.
  ///
  /// It is also the way to begin anew when the device was removed elsewhere: [#run] has then thrown
  /// an exception that [MatrixRequestException#isLoggedOut], and this is no error.
  ///
  /// @throws MatrixRequestException if the server could not be told; the session then goes on
  public void logout() {
    engine.life().logout();
  }

  // Rooms

  /// The rooms that we are in.
  public List<Room> rooms() {
    return services().rooms().all().stream()
        .filter(facts -> facts.membership() == Membership.JOIN)
        .map(facts -> room(facts.room()))
        .toList();
  }

  /// The invitations that wait for an answer.
  public List<Invitation> invitations() {
    return services().rooms().all().stream()
        .filter(facts -> facts.membership() == Membership.INVITE)
        .map(facts -> services().invitation(facts.room()))
        .toList();
  }

  /// A room by its id, whether we are in it or not.
  public Room room(RoomId id) {
    return services().room(id);
  }

  /// Makes a room.
  public Room createRoom(NewRoom wanted) {
    RoomId id =
        services()
            .calls()
            .send(
                Request.post("/_matrix/client/v3/createRoom").json(wanted.body()),
                MatrixClient::roomId);
    if (wanted.isEncrypted()) {
      // Before anybody can send there, and whatever the server says of it later.
      services().outlet().remember(id, NewRoom.encryption());
    }
    // The news may be slower than the next question, such as in which room we talk to somebody.
    services().rooms().change(id, next -> next.made(wanted.body()));
    return room(id);
  }

  /// Joins a room.
  ///
  /// @param idOrAlias `!id` or `#alias:server`
  /// @param via servers that are in the room, where it is named by its id and ours may not be
  /// @throws IllegalArgumentException if it is neither
  public Room join(String idOrAlias, ServerName... via) {
    String named =
        idOrAlias.startsWith("#")
            ? Ids.given(idOrAlias, RoomAlias::new).value()
            : Ids.given(idOrAlias, RoomId::new).value();
    Request request = Request.post("/_matrix/client/v3/join/{}", named).repeatable();
    for (ServerName server : via) {
      request = request.query("via", server.value()).query("server_name", server.value());
    }
    Room joined = room(services().calls().send(request, MatrixClient::roomId));
    joined.joined();
    return joined;
  }

  private static RoomId roomId(ObjectNode answer) {
    JsonNode id = answer.path("room_id");
    if (!id.isString()) {
      throw MatrixException.badJson("The answer names no room.");
    }
    return new RoomId(id.stringValue());
  }

  /// The room in which we talk to this user; where there is none it is made, and the user invited.
  public Room direct(UserId user) {
    Optional<RoomId> known = services().direct().find(user);
    if (known.isPresent()) {
      return room(known.get());
    }
    Room made = createRoom(NewRoom.unnamed().direct().invite(user));
    services().direct().add(user, made.id());
    return made;
  }

  // People

  /// How a user wishes to be seen.
  public Profile profile(UserId user) {
    return services()
        .calls()
        .send(
            Request.get("/_matrix/client/v3/profile/{}", user.value()),
            json ->
                new Profile(
                    Optional.ofNullable(json.path("displayname").stringValue(null)),
                    Optional.ofNullable(json.path("avatar_url").stringValue(null))));
  }

  /// Changes how we wish to be called.
  public void setDisplayName(String name) {
    setProfile("displayname", name);
  }

  /// Changes our picture. It is not encrypted: everybody can see it.
  ///
  /// @throws IllegalArgumentException if its type is none of a picture
  /// @throws IOException if it cannot be read
  public void setAvatar(FileUpload picture) throws IOException {
    setAvatarUrl(services().outlet().uploadPicture(picture));
  }

  /// Changes our picture.
  ///
  /// @param url `mxc://server/id` of a picture that was uploaded
  public void setAvatarUrl(String url) {
    setProfile("avatar_url", url);
  }

  private void setProfile(String field, String value) {
    services()
        .calls()
        .send(
            Request.put("/_matrix/client/v3/profile/{}/{}", user().value(), field)
                .json(Json.object().put(field, value))
                .repeatable());
  }

  /// Says whether we are there, until the client is closed. Without it we are for as long as the
  /// news are followed.
  public void setPresence(Presence.State state) {
    engine.presences().set(state, null);
  }

  /// As [#setPresence(Presence.State)].
  ///
  /// @param status a few words to that, which are not encrypted
  public void setPresence(Presence.State state, String status) {
    engine.presences().set(state, status);
  }

  // Handlers

  /// Hears what others say. In an encrypted room that is what came encrypted: what did not, anybody
  /// on the way may have made up.
  public Subscription onMessage(RoomHandler<Message> handler) {
    return engine.handlers().add(Message.class, this::isSaid, handler);
  }

  /// Hears how others change what they have said, as far as [#onMessage] hears that.
  public Subscription onEdit(RoomHandler<Edit> handler) {
    return engine.handlers().add(Edit.class, this::isSaid, handler);
  }

  /// Hears how others react.
  public Subscription onReaction(RoomHandler<Reaction> handler) {
    return engine.handlers().add(Reaction.class, this::isOthers, handler);
  }

  /// Hears of all events of a kind, also of our own: `on(Undecryptable.class, ...)`, or
  /// `on(RoomEvent.class, ...)` for everything.
  public <E extends RoomEvent> Subscription on(Class<E> type, RoomHandler<? super E> handler) {
    return engine.handlers().add(type, _ -> true, handler);
  }

  /// Hears of invitations: `client.onInvitation(Invitation::accept)`.
  public Subscription onInvitation(Invitation.Handler handler) {
    return engine.handlers().addInvitation(handler);
  }

  /// Hears who is typing. This is not kept until handled, and runs on the thread that follows the
  /// news: it must return soon.
  public Subscription onTyping(TypingHandler handler) {
    return engine.handlers().addTyping(handler);
  }

  /// Hears who has read what. This is not kept until handled, and runs on the thread that follows
  /// the news: it must return soon.
  public Subscription onReceipt(ReceiptHandler handler) {
    return engine.handlers().addReceipts(handler);
  }

  /// Hears who comes and goes, where the server tells it: all who are there, if this is called
  /// before the news are followed, since presence is asked for only where somebody hears it. It is
  /// not kept until handled, and runs on the thread that follows the news: it must return soon.
  public Subscription onPresence(Presence.Handler handler) {
    return engine.handlers().addPresence(handler);
  }

  /// Hears of what goes wrong where nobody waits for an answer, in handlers above all. Without a
  /// listener it is logged.
  public Subscription onProblem(Problem.Listener listener) {
    return engine.handlers().addProblems(listener);
  }

  /// Takes commands: messages that begin with this sign, as far as [#onMessage] hears them. The
  /// same sign gives the same commands, until they are closed.
  public Commands commands(String sign) {
    return commands.computeIfAbsent(sign, this::listen);
  }

  private Commands listen(String sign) {
    return new Commands(
        sign,
        handler -> {
          Subscription heard = engine.handlers().add(TextMessage.class, this::isSaid, handler);
          return () -> {
            heard.close();
            commands.remove(sign);
          };
        });
  }

  private boolean isOthers(RoomEvent event) {
    return !event.sender().equals(user());
  }

  private boolean isSaid(RoomEvent event) {
    return isOthers(event)
        && (event.trust().isEncrypted() || !services().rooms().facts(event.room()).isEncrypted());
  }

  /// Waits until handlers have dealt with all that has arrived; false if that takes longer.
  public boolean awaitHandlers(Duration most) {
    return engine.awaitHandlers(most);
  }

  /// Who and where.
  @Override
  public String toString() {
    return user() + " on " + device();
  }
}
