package dev.sotto.client;

import dev.sotto.client.event.Message;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A message that is to be sent: `Draft.text("Hello").replyTo(message)`. Each method that adds
/// something gives a new draft.
public final class Draft {
  private final String type;
  private final ObjectNode content;
  private final @Nullable String name;

  private Draft(String type, ObjectNode content, @Nullable String name) {
    this.type = type;
    this.content = content;
    this.name = name;
  }

  /// Something said.
  public static Draft text(String text) {
    return words("m.text", text);
  }

  /// Something said by a program, which other programs do not answer.
  public static Draft notice(String text) {
    return words("m.notice", text);
  }

  /// Something done: `waves`.
  public static Draft emote(String text) {
    return words("m.emote", text);
  }

  private static Draft words(String kind, String text) {
    return new Draft(
        EventTypes.MESSAGE, Json.object().put("msgtype", kind).put("body", text), null);
  }

  /// An event of any type that is not state.
  ///
  /// @param content copied
  public static Draft event(String type, ObjectNode content) {
    return new Draft(type, content.deepCopy(), null);
  }

  private Draft copy() {
    return new Draft(type, content.deepCopy(), name);
  }

  /// The same with formatting. The plain text stays for those who show no HTML.
  ///
  /// @param html a fragment, as it is: what comes from others is to be escaped before
  public Draft html(String html) {
    Draft draft = copy();
    draft.content.put("format", "org.matrix.custom.html").put("formatted_body", html);
    return draft;
  }

  /// As an answer to an event, whose sender is told; in the thread in which that stands, unless
  /// this draft is in one already.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#rich-replies
  public Draft replyTo(RoomEvent answered) {
    Draft draft = replyTo(answered.id()).mention(answered.sender());
    return answered instanceof Message message && !draft.relation().has("rel_type")
        ? message.thread().map(draft::inThread).orElse(draft)
        : draft;
  }

  /// As an answer to an event, in a thread only if this draft is in one.
  public Draft replyTo(EventId answered) {
    Draft draft = copy();
    ObjectNode relation = draft.relation();
    relation.putObject("m.in_reply_to").put("event_id", answered.value());
    if (relation.has("rel_type")) {
      relation.put("is_falling_back", false);
    }
    return draft;
  }

  /// In the thread that began with this message. Programs that know no threads show it as an answer
  /// to that.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#threading
  public Draft inThread(EventId root) {
    Draft draft = copy();
    ObjectNode relation = draft.relation();
    boolean answers = relation.has("m.in_reply_to");
    relation.put("rel_type", "m.thread").put("event_id", root.value());
    relation.put("is_falling_back", !answers);
    if (!answers) {
      relation.putObject("m.in_reply_to").put("event_id", root.value());
    }
    return draft;
  }

  /// In place of an earlier message of our own.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#event-replacements
  public Draft asEditOf(EventId edited) {
    Draft draft = copy();
    ObjectNode now = draft.content.deepCopy();
    // The relation of the first version stays, and an edit has none beside its own.
    now.remove("m.relates_to");
    draft.content.set("m.new_content", now);
    draft.content.put("body", "* " + draft.content.path("body").stringValue(""));
    if (draft.content.path("formatted_body").isString()) {
      draft.content.put(
          "formatted_body", "* " + draft.content.path("formatted_body").stringValue());
    }
    ObjectNode relation = draft.content.putObject("m.relates_to");
    relation.put("rel_type", "m.replace").put("event_id", edited.value());
    return draft;
  }

  /// Tells these users that they are meant.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#user-and-room-mentions
  public Draft mention(UserId... users) {
    return mention(List.of(users));
  }

  /// Tells these users that they are meant.
  public Draft mention(Collection<UserId> users) {
    Draft draft = copy();
    ObjectNode mentions = draft.content.withObject("/m.mentions");
    ArrayNode ids =
        mentions.get("user_ids") instanceof ArrayNode list ? list : mentions.putArray("user_ids");
    users.forEach(user -> ids.add(user.value()));
    return draft;
  }

  /// With a member of the content that has no method of its own.
  public Draft with(String name, JsonNode value) {
    Draft draft = copy();
    draft.content.set(name, value.deepCopy());
    return draft;
  }

  /// Under a name by which it arrives in a room once, however often it is sent: for handlers, which
  /// may be given an event twice, and for another try after [Room#send] threw. Whatever else is
  /// sent there under the same name is dropped.
  ///
  /// It holds for this device, over restarts, and for as long as the server remembers what it was
  /// sent: a day or so. In place of the name the server is given a code that this device alone can
  /// make of it.
  ///
  /// @param name for what the message is, such as the id of the event that it answers
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#transaction-identifiers
  public Draft once(String name) {
    return new Draft(type, content, name);
  }

  private ObjectNode relation() {
    return content.get("m.relates_to") instanceof ObjectNode relation
        ? relation
        : content.putObject("m.relates_to");
  }

  /// What it is sent under, if it has a name.
  Optional<String> name() {
    return Optional.ofNullable(name);
  }

  String type() {
    return type;
  }

  ObjectNode content() {
    return content;
  }

  /// Without the words.
  @Override
  public String toString() {
    return "Draft of " + type;
  }
}
