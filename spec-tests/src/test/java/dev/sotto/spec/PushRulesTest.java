package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#push-rules-api
class PushRulesTest {
  private static final String RULE = "/v3/pushrules/global/{}/{}";

  private final User alice = Server.plain().register("alice");

  private void put(String kind, String id, String query, String body) {
    alice.put(path(RULE, kind, id) + query, body).then().statusCode(200);
  }

  private List<String> ids(String kind) {
    return alice.get("/v3/pushrules/").then().extract().path("global." + kind + ".rule_id");
  }

  @Test
  void everyUserHasTheDefaultRules() {
    alice
        .get("/v3/pushrules/")
        .then()
        .statusCode(200)
        .body("global.override[0].rule_id", equalTo(".m.rule.master"))
        .body("global.override[0].enabled", equalTo(false))
        .body("global.content", empty())
        .body("global.room", empty())
        .body("global.sender", empty())
        .body("global.underride.size()", equalTo(5));
    alice
        .get("/v3/pushrules/global/")
        .then()
        .statusCode(200)
        .body("override.size()", equalTo(10))
        .body(
            "override.find { it.rule_id == '.m.rule.invite_for_me' }.conditions[2].pattern",
            equalTo(alice.id()));
  }

  @Test
  void aRuleIsMadeReadChangedAndDeleted() {
    put("content", "cake", "", "{\"pattern\": \"cake*lie\", \"actions\": [\"notify\"]}");
    alice
        .get(path(RULE, "content", "cake"))
        .then()
        .statusCode(200)
        .body("rule_id", equalTo("cake"))
        .body("default", equalTo(false))
        .body("enabled", equalTo(true))
        .body("pattern", equalTo("cake*lie"))
        .body("actions", contains("notify"));
    put("content", "cake", "", "{\"pattern\": \"tea\", \"actions\": []}");
    alice
        .get(path(RULE, "content", "cake"))
        .then()
        .body("pattern", equalTo("tea"))
        .body("actions", empty());
    alice.delete(path(RULE, "content", "cake")).then().statusCode(200);
    alice
        .get(path(RULE, "content", "cake"))
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
    alice.delete(path(RULE, "content", "cake")).then().statusCode(404);
  }

  @Test
  void rulesStandWhereTheyArePut() {
    for (String id : List.of("a", "b")) {
      put("override", id, "", "{\"conditions\": [], \"actions\": []}");
    }
    put("override", "c", "?before=a", "{\"conditions\": [], \"actions\": []}");
    put("override", "d", "?after=a", "{\"conditions\": [], \"actions\": []}");
    assertEquals(
        List.of(".m.rule.master", "b", "c", "a", "d", ".m.rule.suppress_notices"),
        ids("override").subList(0, 6));
    alice
        .put(path(RULE, "override", "e") + "?before=none", "{\"actions\": []}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_UNKNOWN"));
  }

  @Test
  void anyRuleCanBeSwitchedOffAndRetuned() {
    String master = path(RULE, "override", ".m.rule.master");
    alice.get(master + "/enabled").then().statusCode(200).body("enabled", equalTo(false));
    alice.put(master + "/enabled", "{\"enabled\": true}").then().statusCode(200);
    alice.get(master + "/enabled").then().body("enabled", equalTo(true));
    String message = path(RULE, "underride", ".m.rule.message");
    alice
        .put(message + "/actions", "{\"actions\": [\"notify\", {\"set_tweak\": \"highlight\"}]}")
        .then()
        .statusCode(200);
    alice
        .get(message + "/actions")
        .then()
        .statusCode(200)
        .body("actions[1].set_tweak", equalTo("highlight"));
    alice.delete(message).then().statusCode(404);
    alice.get(path(RULE, "room", "none") + "/enabled").then().statusCode(404);
    alice
        .put(path(RULE, "room", "none") + "/enabled", "{\"enabled\": true}")
        .then()
        .statusCode(404);
    alice.put(path(RULE, "room", "none") + "/actions", "{\"actions\": []}").then().statusCode(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          content  | .dot | {"pattern": "x", "actions": []}                | M_INVALID_PARAM
          content  | a/b  | {"pattern": "x", "actions": []}                | M_INVALID_PARAM
          content  | a\\b | {"pattern": "x", "actions": []}                | M_INVALID_PARAM
          content  | a    | {"actions": []}                                | M_INVALID_PARAM
          content  | a    | {"pattern": 1, "actions": []}                  | M_BAD_JSON
          content  | a    | {"pattern": "x"}                               | M_MISSING_PARAM
          content  | a    | {"pattern": "x", "actions": ["shout"]}         | M_INVALID_PARAM
          content  | a    | {"pattern": "x", "actions": "notify"}          | M_BAD_JSON
          override | a    | {"conditions": [{}], "actions": []}            | M_INVALID_PARAM
          override | a    | {"conditions": {}, "actions": []}              | M_BAD_JSON
          other    | a    | {"actions": []}                                | M_INVALID_PARAM
          """)
  void illFormedRulesAreRefused(String kind, String id, String body, String code) {
    alice.put(path(RULE, kind, id), body).then().statusCode(400).body("errcode", equalTo(code));
  }

  @Test
  void otherScopesAreUnknown() {
    alice
        .get("/v3/pushrules/device/content/x")
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_UNRECOGNIZED"));
  }

  @Test
  void everyDeviceHearsOfAChangedRule() {
    User phone = alice.onAnotherDevice();
    String since = phone.now();
    put("room", "!muted:localhost", "", "{\"actions\": []}");
    assertEquals(
        "!muted:localhost",
        phone
            .sync(since)
            .getString(
                "account_data.events.find { it.type == 'm.push_rules' }"
                    + ".content.global.room[0].rule_id"));
    alice
        .get(path("/v3/user/{}/account_data/m.push_rules", alice.id()))
        .then()
        .statusCode(200)
        .body("global.room[0].rule_id", equalTo("!muted:localhost"));
  }
}
