package dev.sotto.client;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.FileMessage;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.http.Request;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A room, and what can be done in it.
///
/// Every method that talks to the server blocks, and throws [MatrixRequestException] where that
/// fails. What is sent keeps its name over repeated tries, so that it arrives once; where a method
/// throws it is not known whether it has arrived, and sending it again may send it twice, unless it
/// has a name of its own: [Draft#once].
///
/// In an encrypted room messages are encrypted, or not sent at all.
public final class Room {
  private static final String ROOM = "/_matrix/client/v3/rooms/{}";
  private static final int NAMED_HEROES = 3;

  private final Services services;
  private final RoomId id;

  Room(Services services, RoomId id) {
    this.services = services;
    this.id = id;
  }

  /// The room's id.
  public RoomId id() {
    return id;
  }

  private RoomFacts facts() {
    return services.rooms().facts(id);
  }

  // What the room is

  /// What to call the room: its name, else its address, else who is in it.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#calculating-the-display-name-for-a-room
  public String name() {
    return givenName().orElseGet(this::heroes);
  }

  /// The name or address that the room was given.
  Optional<String> givenName() {
    return facts().name();
  }

  private String heroes() {
    List<String> names = new ArrayList<>();
    for (String hero : facts().heroes()) {
      user(hero)
          .flatMap(user -> services.rooms().members().find(id, user))
          .map(Member::name)
          .or(() -> Optional.of(hero))
          .ifPresent(names::add);
    }
    if (names.isEmpty()) {
      return "Empty room";
    }
    long others = facts().joinedCount() - 1 - Math.min(names.size(), NAMED_HEROES);
    String shown = String.join(", ", names.subList(0, Math.min(names.size(), NAMED_HEROES)));
    return others > 0 ? shown + " and " + others + " more" : shown;
  }

  /// What the room is about, if it says so.
  public Optional<String> topic() {
    return facts().topic();
  }

  /// The room's main address.
  public Optional<String> alias() {
    return facts().alias();
  }

  /// How we stand to the room, as far as the last answer of the sync says; one that we have made is
  /// ours at once.
  public Membership membership() {
    return facts().membership();
  }

  /// Whether messages are encrypted here. Once they are, they are for ever.
  ///
  /// @throws MatrixRequestException if that is not known yet, and the server does not say
  public boolean isEncrypted() {
    return services.outlet().isEncrypted(id);
  }

  /// Whether those who come later may read what is said here now, as far as the room's settings are
  /// known. In an encrypted room whoever invites them gives them the keys to it, so that people
  /// should be told.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#shareable-encryption-sessions
  public boolean isHistoryShared() {
    return facts().isHistoryShared();
  }

  /// Whether the room is for talking to one person.
  public boolean isDirect() {
    return services.direct().isDirect(id);
  }

  // Who is in it

  /// Who is in the room.
  public List<Member> members() {
    return members(Membership.JOIN);
  }

  /// Who stands to the room in this way.
  public List<Member> members(Membership membership) {
    return services.lists().all(id).stream()
        .filter(member -> member.membership() == membership)
        .toList();
  }

  /// How a user stands to the room: also of somebody who has left it, or is only invited. The
  /// server is asked for all of them where this user was not heard of yet; empty if it knows
  /// nothing of the user either.
  public Optional<Member> member(UserId user) {
    return services
        .rooms()
        .members()
        .find(id, user)
        .or(
            () ->
                services.lists().all(id).stream()
                    .filter(member -> member.user().equals(user))
                    .findFirst());
  }

  /// Joins the room.
  public void join() {
    services.outlet().membership(id, "join", Json.object(), null);
    joined();
  }

  /// Fetches the keys to the room's history that whoever has invited us has left.
  void joined() {
    facts().inviter().ifPresent(from -> services.history().joined(id, from));
  }

  private static Optional<UserId> user(String name) {
    try {
      return Optional.of(new UserId(name));
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }

  /// Leaves the room, or declines the invitation to it.
  public void leave() {
    services.outlet().membership(id, "leave", Json.object(), null);
    services.rooms().change(id, RoomFacts.Next::uninvited);
  }

  /// Invites somebody. Where the room's history is for those who come later, they are given the
  /// keys to it, on those devices that they have signed: as far as they are on this device, or in
  /// the backup where it can be read here, and their senders meant them for those too. Where that
  /// fails they are invited all the same, and [MatrixClient#onProblem] hears of it.
  ///
  /// @throws MatrixRequestException if the server refuses, as it does where we may not invite, or
  ///   they are in the room already, or banned; they are given no keys then
  public void invite(UserId user) {
    services.invites().invite(id, user);
  }

  /// Puts somebody out, who may come back.
  public void kick(UserId user) {
    services.outlet().membership(id, "kick", of(user), null);
  }

  /// Puts somebody out, who may come back.
  ///
  /// @param reason told to all; not sent in an encrypted room, since it would be readable
  public void kick(UserId user, String reason) {
    services.outlet().membership(id, "kick", of(user), reason);
  }

  /// Puts somebody out for good.
  public void ban(UserId user) {
    services.outlet().membership(id, "ban", of(user), null);
  }

  /// Puts somebody out for good.
  ///
  /// @param reason told to all; not sent in an encrypted room, since it would be readable
  public void ban(UserId user, String reason) {
    services.outlet().membership(id, "ban", of(user), reason);
  }

  /// Lets somebody come back.
  public void unban(UserId user) {
    services.outlet().membership(id, "unban", of(user), null);
  }

  private static ObjectNode of(UserId user) {
    return Json.object().put("user_id", user.value());
  }

  // Saying something

  /// Says something.
  public EventId send(String text) {
    return send(Draft.text(text));
  }

  /// Says something with formatting.
  ///
  /// @param text for those who show no HTML
  public EventId sendHtml(String text, String html) {
    return send(Draft.text(text).html(html));
  }

  /// Says something as a program, which other programs do not answer.
  public EventId sendNotice(String text) {
    return send(Draft.notice(text));
  }

  /// Answers, in the thread in which that stands.
  public EventId reply(RoomEvent answered, String text) {
    return send(Draft.text(text).replyTo(answered));
  }

  /// Puts other words in place of an earlier message of ours.
  public EventId edit(EventId edited, String text) {
    return send(Draft.text(text).asEditOf(edited));
  }

  /// Sends a message.
  ///
  /// @throws IllegalStateException if it cannot be encrypted; it was not sent then
  public EventId send(Draft draft) {
    return services.outlet().send(id, draft);
  }

  /// Puts a sign beside a message, mostly an emoji. It is never encrypted.
  ///
  /// @throws IllegalArgumentException if the room is encrypted, and it is neither a single
  ///   character nor the `mxc:` address of a picture: the server could read it
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#event-annotations-and-reactions
  public EventId react(EventId target, String key) {
    ObjectNode content = Json.object();
    content
        .putObject("m.relates_to")
        .put("rel_type", "m.annotation")
        .put("event_id", target.value())
        .put("key", key);
    return send(Draft.event(EventTypes.REACTION, content));
  }

  /// Takes away what an event says.
  public EventId redact(EventId target) {
    return services.outlet().redact(id, target, null);
  }

  /// Takes away what an event says.
  ///
  /// @param reason told to all; not sent in an encrypted room, since it would be readable
  public EventId redact(EventId target, String reason) {
    return services.outlet().redact(id, target, reason);
  }

  // Files

  /// Sends a file from disk.
  ///
  /// @throws IOException if it cannot be read
  public EventId sendFile(Path file) throws IOException {
    return sendFile(FileUpload.of(file));
  }

  /// Sends a file. In an encrypted room it is encrypted, its name and type as well.
  ///
  /// @throws IOException if it cannot be read
  public EventId sendFile(FileUpload file) throws IOException {
    return sendFile(file, UnaryOperator.identity());
  }

  /// Sends a file as an answer, in a thread, or whatever else a draft can be: `room.sendFile(chart,
  /// draft -> draft.replyTo(message))`.
  ///
  /// @throws IOException if it cannot be read
  public EventId sendFile(FileUpload file, UnaryOperator<Draft> with) throws IOException {
    ObjectNode content = Json.object().put("msgtype", file.messageType());
    content.put("body", file.caption().orElse(file.name())).put("filename", file.name());
    content.putObject("info").put("mimetype", file.contentType()).put("size", file.sizeBytes());
    content.setAll(services.outlet().upload(id, file));
    return send(with.apply(Draft.event(EventTypes.MESSAGE, content)));
  }

  /// Downloads a file, in place of one that is there. It appears when all of it has arrived and was
  /// found to be what was sent.
  ///
  /// @param target where to; what the message calls the file is not to be trusted for that
  /// @throws IOException if it cannot be written, or is not what was sent
  public void download(FileMessage message, Path target, long maxBytes) throws IOException {
    services.downloads().fetch(message.source(), target, maxBytes);
  }

  // What was said

  /// What has happened, from the newest event back.
  public Timeline timeline() {
    return new Timeline(services, id);
  }

  /// One event.
  ///
  /// @throws MatrixRequestException if there is none, or we may not see it
  public RoomEvent event(EventId event) {
    Envelope envelope =
        services
            .calls()
            .send(
                Request.get(ROOM + "/event/{}", id.value(), event.value()),
                json ->
                    Envelopes.of(id, json)
                        .orElseThrow(() -> MatrixException.badJson("It is no event.")));
    return services.reader().read(envelope);
  }

  /// An event of this room that came in another way than from our server, as from an archive:
  /// decrypted, if it was encrypted, with the keys that are here.
  ///
  /// @param json as a server gives it, with its id and sender
  /// @throws IllegalArgumentException if it is no event
  public RoomEvent decrypt(ObjectNode json) {
    return Envelopes.of(id, json)
        .map(services.reader()::read)
        .orElseThrow(() -> new IllegalArgumentException("It is no event."));
  }

  /// Tells the others that all up to this event was read.
  public void markRead(EventId event) {
    services
        .calls()
        .send(Request.post(ROOM + "/receipt/m.read/{}", id.value(), event.value()).repeatable());
  }

  /// Tells the others that something is being written, for so long at most.
  ///
  /// @param time zero for no longer
  public void typing(Duration time) {
    ObjectNode body = Json.object().put("typing", time.isPositive());
    if (time.isPositive()) {
      body.put("timeout", time.toMillis());
    }
    services
        .calls()
        .send(
            Request.put(ROOM + "/typing/{}", id.value(), services.self().value())
                .json(body)
                .repeatable());
  }

  // State

  /// A piece of the room's state, as the server has it now.
  public Optional<ObjectNode> state(String type, String key) {
    return services.outlet().state(id, type, key);
  }

  /// Sets a piece of the room's state. State is never encrypted, so in an encrypted room only types
  /// that the specification has can be set.
  ///
  /// @throws IllegalArgumentException if it is another type, and the room is encrypted
  public EventId setState(String type, String key, ObjectNode content) {
    return services.outlet().setState(id, type, key, content);
  }

  /// Gives the room a name, which is never encrypted.
  public void setName(String name) {
    setState(EventTypes.NAME, "", Json.object().put("name", name));
  }

  /// Says what the room is about, which is never encrypted.
  public void setTopic(String topic) {
    setState(EventTypes.TOPIC, "", Json.object().put("topic", topic));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Room room && room.id.equals(id) && room.services.equals(services);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  /// The id.
  @Override
  public String toString() {
    return id.value();
  }
}
