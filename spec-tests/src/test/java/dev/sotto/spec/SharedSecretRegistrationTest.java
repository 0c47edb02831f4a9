package dev.sotto.spec;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/// Accounts made by scripts that know `registration.shared_secret`, in the way that they know from
/// Synapse.
class SharedSecretRegistrationTest {
  private static final String PATH = "/_synapse/admin/v1/register";

  private final Server server = Server.plain();
  private final Http anybody = server.anonymously();

  private String nonce() {
    return anybody.get(PATH).then().statusCode(200).extract().path("nonce");
  }

  private Response register(String nonce, String name, boolean admin, String secret)
      throws Exception {
    Mac mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
    String proven = nonce + "\0" + name + "\0pw\0" + (admin ? "admin" : "notadmin");
    String hex = HexFormat.of().formatHex(mac.doFinal(proven.getBytes(StandardCharsets.UTF_8)));
    return anybody.post(
        PATH,
        """
        {"nonce": "%s", "username": "%s", "password": "pw", "admin": %s, "mac": "%s"}
        """
            .formatted(nonce, name, admin, hex));
  }

  @Test
  void secretMakesAdministrators() throws Exception {
    String name = server.register("taken").localpart() + "admin";
    Response made = register(nonce(), name, true, "conformance");
    made.then()
        .statusCode(200)
        .body("user_id", equalTo("@" + name + ":localhost"))
        .body("home_server", equalTo("localhost"))
        .body("device_id", notNullValue());
    server
        .withToken(made.path("access_token"))
        .post("/_synapse/admin/v1/registration_tokens/new", "{}")
        .then()
        .statusCode(200);
  }

  @Test
  void secretMakesOthersToo() throws Exception {
    String name = server.register("taken").localpart() + "user";
    Response made = register(nonce(), name, false, "conformance");
    made.then().statusCode(200);
    server
        .withToken(made.path("access_token"))
        .post("/_synapse/admin/v1/registration_tokens/new", "{}")
        .then()
        .statusCode(403);
  }

  @Test
  void guessedSecretUsedNonceAndTakenNameAreRefused() throws Exception {
    User taken = server.register("taken");
    String nonce = nonce();
    register(nonce, "mallory", true, "guess")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
    register(nonce, "mallory", true, "conformance")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_UNKNOWN"));
    register(nonce(), taken.localpart(), false, "conformance")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_USER_IN_USE"));
    anybody.post(PATH, "{}").then().statusCode(400);
  }

  @Test
  void serverWithoutSecretHasNoSuchWay() {
    try (Server other = Server.start(Map.of("SOTTO_REGISTRATION_SHARED_SECRET", ""))) {
      other.anonymously().get(PATH).then().statusCode(404);
    }
  }
}
