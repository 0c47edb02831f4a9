package dev.sotto.homeserver.push;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.accountdata.AccountDataEvent;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Users' push rules: the default ones and their own. Kept as the account data `m.push_rules`, by
/// which every client hears of a change.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#push-rules
public final class PushRules {
  private static final int CACHED = 20_000;
  private static final int MAX_ID_BYTES = 255;

  private final AccountData accountData;
  private final Cache<UserId, CompiledRules> compiled =
      Caffeine.newBuilder().maximumSize(CACHED).build();

  public PushRules(AccountData accountData) {
    this.accountData = accountData;
    accountData.listen(
        (user, type) -> {
          if (type.equals(AccountData.PUSH_RULES)) {
            compiled.invalidate(user);
          }
        });
  }

  /// The content of the `m.push_rules` of a user who never changed a rule.
  public static byte[] defaults(UserId user) {
    return Json.bytes(new Ruleset(user, null).content());
  }

  /// All of a user's rules, by kind.
  public ObjectNode all(UserId user) {
    return ruleset(user).json();
  }

  /// One rule; `M_NOT_FOUND` if the user has no such rule.
  public PushRule get(UserId user, RuleKind kind, String id) {
    return ruleset(user).require(kind, id);
  }

  /// Adds a rule of the user's own above the others, or changes it.
  ///
  /// @param body the rule as the API takes it
  /// @param before the id of the rule that it shall be just above, or null
  /// @param after the id of the rule that it shall be just below, or null
  /// @throws MatrixException `M_INVALID_PARAM`, `M_MISSING_PARAM` or `M_BAD_JSON` for an ill-formed
  ///   rule, `M_UNKNOWN` if there is no rule `before` or `after` of the user's own
  public void put(
      UserId user,
      RuleKind kind,
      String id,
      ObjectNode body,
      @Nullable String before,
      @Nullable String after) {
    if (id.isEmpty() || id.startsWith(".") || id.contains("/") || id.contains("\\")) {
      throw MatrixException.invalidParam(
          "The id of a push rule must not start with '.' and must not hold '/' or '\\'.");
    }
    if (id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
      throw MatrixException.invalidParam("The id of a push rule has at most 255 bytes.");
    }
    PushRule rule = PushRule.ofRequest(kind, id, body);
    change(user, ruleset -> ruleset.put(kind, rule, before, after));
  }

  /// Removes a rule of the user's own; `M_NOT_FOUND` if there is none.
  public void delete(UserId user, RuleKind kind, String id) {
    change(user, ruleset -> ruleset.remove(kind, id));
  }

  /// Switches a rule on or off; `M_NOT_FOUND` if there is none.
  public void setEnabled(UserId user, RuleKind kind, String id, boolean enabled) {
    change(user, ruleset -> ruleset.change(kind, id, rule -> rule.withEnabled(enabled)));
  }

  /// Sets what a rule does; `M_NOT_FOUND` if there is none.
  public void setActions(UserId user, RuleKind kind, String id, ArrayNode actions) {
    ArrayNode checked = PushRule.checkedActions(actions);
    change(user, ruleset -> ruleset.change(kind, id, rule -> rule.withActions(checked)));
  }

  /// What a user's rules make of an event, or null if no rule applies. An event of the user's own
  /// is not to be asked for: nobody is told of those.
  public @Nullable Verdict evaluate(UserId user, UnreadEvent event, RoomContext room) {
    return compiled(user).evaluate(event, room);
  }

  /// A user's rules, ready for many events; another object after each change.
  CompiledRules compiled(UserId user) {
    return compiled.get(user, owner -> new CompiledRules(owner, ruleset(owner)));
  }

  private Ruleset ruleset(UserId user) {
    return new Ruleset(
        user,
        accountData.find(user, AccountData.PUSH_RULES).map(AccountDataEvent::json).orElse(null));
  }

  private void change(UserId user, Consumer<Ruleset> change) {
    accountData.update(
        user,
        AccountData.PUSH_RULES,
        stored -> {
          Ruleset ruleset = new Ruleset(user, stored);
          change.accept(ruleset);
          return ruleset.content();
        });
  }
}
