package dev.sotto.client;

import dev.sotto.client.event.Membership;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is known of a room, but for its members: small, and kept as JSON whose unknown members
/// survive.
///
/// One that others can see never changes; [Next] is the next version of it.
final class RoomFacts {
  /// The types of the state that is kept, and of that of members.
  static final List<String> STATE =
      List.of(
          EventTypes.ENCRYPTION,
          EventTypes.NAME,
          EventTypes.TOPIC,
          EventTypes.CANONICAL_ALIAS,
          EventTypes.HISTORY_VISIBILITY,
          EventTypes.MEMBER);

  private static final int REMEMBERED_EVENTS = 128;
  private static final int MAX_TEXT = 1024;
  private static final int MAX_TOPIC = 8192;
  private static final int MAX_HEROES = 8;

  private final RoomId room;
  private final ObjectNode json;

  private RoomFacts(RoomId room, ObjectNode json) {
    this.room = room;
    this.json = json;
  }

  static RoomFacts of(RoomId room, byte[] kept) {
    return new RoomFacts(room, Json.parseObject(kept));
  }

  static RoomFacts unknown(RoomId room) {
    return new RoomFacts(room, Json.object());
  }

  RoomId room() {
    return room;
  }

  byte[] bytes() {
    return Json.bytes(json);
  }

  Membership membership() {
    return Membership.of(json.path("membership").stringValue("")).orElse(Membership.LEAVE);
  }

  /// Whether the whole state, but for members, was heard.
  boolean isStateKnown() {
    return json.path("state_known").booleanValue(false);
  }

  /// Whether all members are known, not only those who have spoken.
  boolean areMembersKnown() {
    return json.path("members_known").booleanValue(false);
  }

  boolean isEncrypted() {
    return json.path("encryption").isObject();
  }

  /// What m.room.encryption said when it was first seen.
  Optional<ObjectNode> encryption() {
    return json.get("encryption") instanceof ObjectNode content
        ? Optional.of(content)
        : Optional.empty();
  }

  Optional<String> name() {
    return text("name").or(() -> text("alias"));
  }

  Optional<String> topic() {
    return text("topic");
  }

  Optional<String> alias() {
    return text("alias");
  }

  String historyVisibility() {
    return text("history_visibility").orElse("shared");
  }

  /// Whether those who come later may read what is said now.
  boolean isHistoryShared() {
    return Set.of("shared", "world_readable").contains(historyVisibility());
  }

  /// Who has invited us; empty if the server did not say.
  Optional<UserId> inviter() {
    return text("inviter").map(UserId::new);
  }

  long joinedCount() {
    return json.path("joined").longValue(0);
  }

  List<String> heroes() {
    List<String> heroes = new ArrayList<>();
    json.path("heroes").forEach(hero -> heroes.add(hero.stringValue("")));
    return heroes;
  }

  /// The ids of the latest events that were taken up.
  Set<String> recent() {
    Set<String> ids = new HashSet<>();
    json.path("recent").forEach(id -> ids.add(id.stringValue("")));
    return ids;
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(json.path(name).stringValue(null)).filter(text -> !text.isBlank());
  }

  Next next() {
    return new Next(room, json.deepCopy());
  }

  /// The next version, as long as only one thread sees it.
  static final class Next {
    private final RoomId room;
    private final ObjectNode json;
    private boolean changed;

    private Next(RoomId room, ObjectNode json) {
      this.room = room;
      this.json = json;
    }

    RoomFacts done() {
      return new RoomFacts(room, json);
    }

    boolean isChanged() {
      return changed;
    }

    /// What was known of it is outdated once somebody has left it, but for its being encrypted.
    Next membership(Membership membership) {
      if (membership == Membership.LEAVE || membership == Membership.BAN) {
        put("state_known", Json.mapper().getNodeFactory().booleanNode(false));
        put("members_known", Json.mapper().getNodeFactory().booleanNode(false));
        uninvited();
      }
      return text("membership", membership.key(), MAX_TEXT);
    }

    /// We have just made it like this: what the news say of it, now or later, comes first.
    ///
    /// @param wanted what the server was asked for
    Next made(ObjectNode wanted) {
      if (json.has("membership")) {
        return this;
      }
      state(EventTypes.NAME, "", wanted);
      state(EventTypes.TOPIC, "", wanted);
      return heroes(wanted.path("invite")).membership(Membership.JOIN);
    }

    Next stateKnown() {
      return put("state_known", Json.mapper().getNodeFactory().booleanNode(true));
    }

    Next membersKnown() {
      return put("members_known", Json.mapper().getNodeFactory().booleanNode(true));
    }

    Next membersOutdated() {
      return put("members_known", Json.mapper().getNodeFactory().booleanNode(false));
    }

    Next inviter(UserId inviter) {
      return text("inviter", inviter.value(), MAX_TEXT);
    }

    /// An invitation is of no meaning any more: who comes later comes by another way.
    Next uninvited() {
      return text("inviter", null, MAX_TEXT);
    }

    /// Once encrypted, always encrypted: who takes that back wants to read. Whatever else the
    /// room's makers have put there is not kept.
    Next encryption(ObjectNode content) {
      if (json.path("encryption").isObject()) {
        return this;
      }
      ObjectNode kept = Json.object();
      String algorithm = said(content, "algorithm");
      if (algorithm != null) {
        kept.put("algorithm", cut(algorithm, MAX_TEXT));
      }
      for (String limit : List.of("rotation_period_ms", "rotation_period_msgs")) {
        JsonNode number = content.path(limit);
        if (number.isIntegralNumber()) {
          kept.set(limit, number);
        }
      }
      return put("encryption", kept);
    }

    /// Takes up a piece of state, if it is one that is kept.
    Next state(String type, String stateKey, ObjectNode content) {
      if (!stateKey.isEmpty()) {
        return this;
      }
      return switch (type) {
        case EventTypes.ENCRYPTION -> encryption(content);
        case EventTypes.NAME -> text("name", said(content, "name"), MAX_TEXT);
        case EventTypes.TOPIC -> text("topic", said(content, "topic"), MAX_TOPIC);
        case EventTypes.CANONICAL_ALIAS -> text("alias", said(content, "alias"), MAX_TEXT);
        case EventTypes.HISTORY_VISIBILITY ->
            text("history_visibility", said(content, "history_visibility"), MAX_TEXT);
        default -> this;
      };
    }

    private static @Nullable String said(ObjectNode content, String name) {
      return content.path(name).stringValue(null);
    }

    /// Takes up a sync's `summary`, of which the server sends only what has changed.
    Next summary(JsonNode summary) {
      heroes(summary.path("m.heroes"));
      JsonNode joined = summary.path("m.joined_member_count");
      return joined.isIntegralNumber() ? put("joined", joined) : this;
    }

    /// Takes up after whom a room without a name is called.
    private Next heroes(JsonNode users) {
      if (!users.isArray()) {
        return this;
      }
      ArrayNode kept = Json.mapper().createArrayNode();
      users
          .valueStream()
          .filter(JsonNode::isString)
          .limit(MAX_HEROES)
          .forEach(hero -> kept.add(cut(hero.stringValue(), MAX_TEXT)));
      return put("heroes", kept);
    }

    /// Remembers that these events were taken up.
    Next remember(List<String> ids) {
      if (ids.isEmpty()) {
        return this;
      }
      List<String> all = new ArrayList<>();
      json.path("recent").forEach(id -> all.add(id.stringValue("")));
      all.addAll(ids);
      ArrayNode kept = Json.mapper().createArrayNode();
      all.subList(Math.max(0, all.size() - REMEMBERED_EVENTS), all.size()).forEach(kept::add);
      return put("recent", kept);
    }

    private Next text(String name, @Nullable String value, int max) {
      if (value == null) {
        changed |= json.remove(name) != null;
        return this;
      }
      return put(name, Json.mapper().getNodeFactory().stringNode(cut(value, max)));
    }

    private static String cut(String text, int max) {
      return text.length() <= max ? text : text.substring(0, max);
    }

    private Next put(String name, JsonNode value) {
      if (!value.equals(json.get(name))) {
        json.set(name, value);
        changed = true;
      }
      return this;
    }
  }
}
