package dev.sotto.homeserver.push;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// All push rules of one user, each kind in its order of importance: the user's own before the
/// default ones, but the master rule before all. Not thread-safe.
final class Ruleset {
  private static final int MAX_RULES = 500;

  private final Map<RuleKind, List<PushRule>> rules = new EnumMap<>(RuleKind.class);

  /// The rules of `user`.
  ///
  /// @param stored the content of the user's `m.push_rules`, or null. Of the default rules it may
  ///   hold an older set: they are taken as they are now, with the user's switches and actions.
  Ruleset(UserId user, @Nullable ObjectNode stored) {
    for (RuleKind kind : RuleKind.values()) {
      rules.put(kind, merge(DefaultRules.of(kind, user), stored(kind, stored)));
    }
  }

  private static List<PushRule> stored(RuleKind kind, @Nullable ObjectNode content) {
    List<PushRule> found = new ArrayList<>();
    if (content != null) {
      for (JsonNode json : content.path("global").path(kind.id())) {
        PushRule rule = PushRule.ofStored(json);
        if (rule != null) {
          found.add(rule);
        }
      }
    }
    return found;
  }

  private static List<PushRule> merge(List<PushRule> defaults, List<PushRule> stored) {
    List<PushRule> merged = new ArrayList<>();
    stored.stream().filter(rule -> !rule.isDefault()).forEach(merged::add);
    for (PushRule rule : defaults) {
      PushRule current =
          stored.stream()
              .filter(other -> other.isDefault() && other.id().equals(rule.id()))
              .findFirst()
              .map(other -> rule.withEnabled(other.enabled()).withActions(other.actions()))
              .orElse(rule);
      merged.add(rule.id().equals(DefaultRules.MASTER) ? 0 : merged.size(), current);
    }
    return merged;
  }

  List<PushRule> of(RuleKind kind) {
    return rules.getOrDefault(kind, List.of());
  }

  Optional<PushRule> find(RuleKind kind, String id) {
    return of(kind).stream().filter(rule -> rule.id().equals(id)).findFirst();
  }

  PushRule require(RuleKind kind, String id) {
    return find(kind, id)
        .orElseThrow(() -> MatrixException.notFound("The push rule was not found."));
  }

  /// Adds a rule of the user's own, or changes it.
  ///
  /// @param before the rule that it shall be just above, or null
  /// @param after the rule that it shall be just below, or null; `before` wins
  void put(RuleKind kind, PushRule rule, @Nullable String before, @Nullable String after) {
    List<PushRule> list = of(kind);
    int old = indexOf(list, rule.id());
    PushRule put = old < 0 ? rule : rule.withEnabled(list.get(old).enabled());
    String anchor = before != null ? before : after;
    if (anchor != null && (anchor.equals(rule.id()) || !isOwn(list, anchor))) {
      throw new MatrixException(ErrorCode.M_UNKNOWN, "before/after rule not found: " + anchor);
    }
    if (old < 0 && list.stream().filter(other -> !other.isDefault()).count() >= MAX_RULES) {
      throw new MatrixException(
          ErrorCode.M_RESOURCE_LIMIT_EXCEEDED, "There can be at most 500 push rules of a kind.");
    }
    if (old >= 0) {
      list.remove(old);
    }
    int index;
    if (anchor != null) {
      index = indexOf(list, anchor) + (before != null ? 0 : 1);
    } else if (old >= 0) {
      index = old;
    } else {
      index = indexOf(list, DefaultRules.MASTER) + 1;
    }
    list.add(index, put);
  }

  /// Removes a rule of the user's own; `M_NOT_FOUND` if there is none.
  void remove(RuleKind kind, String id) {
    List<PushRule> list = of(kind);
    if (!isOwn(list, id)) {
      throw MatrixException.notFound("The push rule was not found.");
    }
    list.remove(indexOf(list, id));
  }

  /// Changes a rule in its place; `M_NOT_FOUND` if there is none.
  void change(RuleKind kind, String id, UnaryOperator<PushRule> change) {
    PushRule rule = require(kind, id);
    List<PushRule> list = of(kind);
    list.set(list.indexOf(rule), change.apply(rule));
  }

  private static boolean isOwn(List<PushRule> list, String id) {
    return list.stream().anyMatch(rule -> rule.id().equals(id) && !rule.isDefault());
  }

  private static int indexOf(List<PushRule> list, String id) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).id().equals(id)) {
        return i;
      }
    }
    return -1;
  }

  /// The rules by kind, as the API shows them.
  ObjectNode json() {
    ObjectNode json = Json.object();
    rules.forEach(
        (kind, list) -> {
          ArrayNode array = json.putArray(kind.id());
          list.forEach(rule -> array.add(rule.json()));
        });
    return json;
  }

  /// The content of `m.push_rules`.
  ObjectNode content() {
    ObjectNode content = Json.object();
    content.set("global", json());
    return content;
  }
}
