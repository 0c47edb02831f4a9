package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.push.PushRule;
import dev.sotto.homeserver.push.PushRules;
import dev.sotto.homeserver.push.RuleKind;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What users want to be told of.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#push-rules-api
public final class PushrulesEndpoints {
  private record Rulesets(ObjectNode global) {}

  private record Enabled(Boolean enabled) {}

  private record Actions(ArrayNode actions) {}

  private final PushRules rules;

  public PushrulesEndpoints(PushRules rules) {
    this.rules = rules;
  }

  public List<Route> routes() {
    String all = "/_matrix/client/v3/pushrules/";
    String rule = all + "global/{kind}/{ruleId}";
    return List.of(
        Route.get(all, Access.GUEST, this::getPushRules),
        Route.get(all + "global/", Access.GUEST, this::getPushRulesGlobal),
        Route.get(rule, Access.GUEST, this::getPushRule),
        Route.put(rule, Access.GUEST, this::setPushRule).withRate(Rate.CHANGE),
        Route.delete(rule, Access.GUEST, this::deletePushRule).withRate(Rate.CHANGE),
        Route.get(rule + "/enabled", Access.GUEST, this::isPushRuleEnabled),
        Route.put(rule + "/enabled", Access.GUEST, this::setPushRuleEnabled).withRate(Rate.CHANGE),
        Route.get(rule + "/actions", Access.GUEST, this::getPushRuleActions),
        Route.put(rule + "/actions", Access.GUEST, this::setPushRuleActions).withRate(Rate.CHANGE));
  }

  private Object getPushRules(Request request) {
    return new Rulesets(rules.all(request.user()));
  }

  private Object getPushRulesGlobal(Request request) {
    return rules.all(request.user());
  }

  private Object getPushRule(Request request) {
    return find(request).json();
  }

  private Object setPushRule(Request request) {
    rules.put(
        request.user(),
        kind(request),
        request.path("ruleId"),
        request.bodyObject(),
        request.query("before"),
        request.query("after"));
    return Map.of();
  }

  private Object deletePushRule(Request request) {
    rules.delete(request.user(), kind(request), request.path("ruleId"));
    return Map.of();
  }

  private Object isPushRuleEnabled(Request request) {
    return new Enabled(find(request).enabled());
  }

  private Object setPushRuleEnabled(Request request) {
    boolean enabled = request.body(Enabled.class).enabled;
    rules.setEnabled(request.user(), kind(request), request.path("ruleId"), enabled);
    return Map.of();
  }

  private Object getPushRuleActions(Request request) {
    return new Actions(find(request).actions());
  }

  private Object setPushRuleActions(Request request) {
    ArrayNode actions = request.body(Actions.class).actions;
    rules.setActions(request.user(), kind(request), request.path("ruleId"), actions);
    return Map.of();
  }

  private PushRule find(Request request) {
    return rules.get(request.user(), kind(request), request.path("ruleId"));
  }

  private static RuleKind kind(Request request) {
    return RuleKind.of(request.path("kind"));
  }
}
