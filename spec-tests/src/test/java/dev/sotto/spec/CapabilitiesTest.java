package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.oneOf;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;

/// What the server says of itself, and of who its users are.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#capabilities-negotiation
class CapabilitiesTest {
  private final User alice = Server.plain().register("alice");

  @Test
  void capabilitiesNameTheRoomVersions() {
    alice
        .get("/v3/capabilities")
        .then()
        .statusCode(200)
        .body("capabilities.'m.room_versions'.default", equalTo("12"))
        .body("capabilities.'m.room_versions'.available", aMapWithSize(12))
        .body("capabilities.'m.room_versions'.available.'1'", equalTo("stable"))
        .body("capabilities.'m.change_password'.enabled", equalTo(true))
        .body("capabilities.'m.3pid_changes'.enabled", equalTo(false))
        .body("capabilities.'m.get_login_token'.enabled", equalTo(true));
    Server.plain().anonymously().get("/v3/capabilities").then().statusCode(401);
  }

  @Test
  void wellKnownNamesTheAddressThatTheClientUses() {
    Server.plain()
        .anonymously()
        .get("/.well-known/matrix/client")
        .then()
        .statusCode(200)
        .contentType("application/json")
        .header("Access-Control-Allow-Origin", "*")
        .body("'m.homeserver'.base_url", equalTo(Server.plain().url()));
  }

  @Test
  void wellKnownOfBlindServerTellsElementToEncrypt() {
    Server.blind()
        .anonymously()
        .get("/.well-known/matrix/client")
        .then()
        .statusCode(200)
        .body("'io.element.e2ee'.default", equalTo(true));
  }

  @Test
  void hostThatIsNoneIsNotRepeated() {
    Server.plain()
        .anonymously()
        .request()
        .header("Host", "\"><script>")
        .get("/.well-known/matrix/client")
        .then()
        .statusCode(oneOf(400, 404));
  }

  @Test
  void serverHasNoOauth() {
    Server.plain()
        .anonymously()
        .get("/v1/auth_metadata")
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_UNRECOGNIZED"));
  }

  @Test
  void openidTokenProvesItsUserAndNothingElse() {
    Response made = alice.post(path("/v3/user/{}/openid/request_token", alice.id()), "{}");
    made.then()
        .statusCode(200)
        .body("token_type", equalTo("Bearer"))
        .body("matrix_server_name", equalTo("localhost"))
        .body("expires_in", notNullValue());
    String token = made.path("access_token");
    Server.plain()
        .anonymously()
        .get(path("/_matrix/federation/v1/openid/userinfo?access_token={}", token))
        .then()
        .statusCode(200)
        .body("sub", equalTo(alice.id()));
    Server.plain().withToken(token).get("/v3/account/whoami").then().statusCode(401);
    Server.plain()
        .anonymously()
        .get(path("/_matrix/federation/v1/openid/userinfo?access_token={}", alice.token()))
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_UNKNOWN_TOKEN"));
  }

  @Test
  void openidTokenIsNotMadeForOthers() {
    User bob = Server.plain().register("bob");
    alice
        .post(path("/v3/user/{}/openid/request_token", bob.id()), "{}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
    alice
        .post("/v3/user/garbage/openid/request_token", "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
  }

  @Test
  void accountsHaveNoAddresses() {
    alice.get("/v3/account/3pid").then().statusCode(200).body("threepids", hasSize(0));
    alice
        .post("/v3/account/3pid/add", "{\"sid\": \"1\", \"client_secret\": \"2\"}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_THREEPID_DENIED"));
    alice
        .post("/v3/account/3pid/bind", "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_SERVER_NOT_TRUSTED"));
    for (String action : new String[] {"delete", "unbind"}) {
      alice
          .post("/v3/account/3pid/" + action, "{\"medium\": \"email\", \"address\": \"a@b.org\"}")
          .then()
          .statusCode(200)
          .body("id_server_unbind_result", equalTo("no-support"));
    }
    for (String medium : new String[] {"email", "msisdn"}) {
      Server.plain()
          .anonymously()
          .post("/v3/account/3pid/" + medium + "/requestToken", "{}")
          .then()
          .statusCode(400)
          .body("errcode", equalTo("M_THREEPID_MEDIUM_NOT_SUPPORTED"));
    }
  }
}
