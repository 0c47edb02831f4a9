package dev.sotto.homeserver.push;

import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One user's enabled rules in the order in which they are tried, ready for many events.
final class CompiledRules {
  private record CompiledRule(List<Condition> conditions, Verdict verdict) {}

  private final List<CompiledRule> rules = new ArrayList<>();

  CompiledRules(UserId owner, Ruleset ruleset) {
    for (RuleKind kind : RuleKind.values()) {
      for (PushRule rule : ruleset.of(kind)) {
        if (rule.enabled()) {
          rules.add(new CompiledRule(conditions(kind, rule, owner), Verdict.of(rule.actions())));
        }
      }
    }
  }

  private static List<Condition> conditions(RuleKind kind, PushRule rule, UserId owner) {
    return switch (kind) {
      case OVERRIDE, UNDERRIDE -> {
        List<Condition> conditions = new ArrayList<>();
        if (rule.conditions() != null) {
          for (JsonNode condition : rule.conditions()) {
            conditions.add(Condition.of(condition, owner));
          }
        }
        yield conditions;
      }
      case CONTENT -> List.of(Condition.containsWords(rule.pattern()));
      case ROOM -> List.of((_, room) -> room.id().value().equals(rule.id()));
      case SENDER -> List.of((event, _) -> event.sender().value().equals(rule.id()));
    };
  }

  /// What the first rule that applies says, or null if none does.
  @Nullable Verdict evaluate(UnreadEvent event, RoomContext room) {
    for (CompiledRule rule : rules) {
      if (holds(rule.conditions, event, room)) {
        return rule.verdict;
      }
    }
    return null;
  }

  private static boolean holds(List<Condition> conditions, UnreadEvent event, RoomContext room) {
    for (Condition condition : conditions) {
      if (!condition.holds(event, room)) {
        return false;
      }
    }
    return true;
  }
}
