package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Program;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// @spec https://spec.matrix.org/v1.19/application-service-api/#client-server-api-extensions
class AppserviceAccountsTest {
  private static final String REGISTRATION =
      """
      id: irc
      url: null
      as_token: the-as-token
      hs_token: the-hs-token
      sender_localpart: _irc_bot
      namespaces:
        users:
          - exclusive: true
            regex: "@_irc_.*"
        aliases: []
        rooms: []
      """;

  @TempDir private static Path folder;
  private static Server server;
  private static Http service;

  @BeforeAll
  static void start() throws Exception {
    Path file = Files.writeString(folder.resolve("irc.yaml"), REGISTRATION);
    server = Server.start(Map.of("SOTTO_APPSERVICES_REGISTRATION_FILES", file.toString()));
    service = server.withToken("the-as-token");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Response register(Http as, String name, String more) {
    return as.post(
        "/v3/register",
        "{\"type\": \"m.login.application_service\", \"username\": \"%s\"%s}"
            .formatted(name, more));
  }

  @Test
  void serviceIsItsSenderWhereItNamesNobody() {
    service
        .get("/v3/account/whoami")
        .then()
        .statusCode(200)
        .body("user_id", equalTo("@_irc_bot:localhost"))
        .body("$", not(hasKey("device_id")));
  }

  @Test
  void serviceSeesTheMembersOfRoomsThatAnyOfItsUsersIsIn() {
    register(service, "_irc_member", "").then().statusCode(200);
    User alice = server.register("alice");
    String room = alice.createRoom("{\"preset\": \"public_chat\"}");
    String members = path("/v3/rooms/{}/joined_members", room);
    service.get(members).then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
    service
        .post(path("/v3/join/{}?user_id=@_irc_member:localhost", room), "{}")
        .then()
        .statusCode(200);
    service.get(members).then().statusCode(200).body("joined", hasKey(alice.id()));
    server.register("bob").get(members).then().statusCode(403);
  }

  @Test
  void serviceRegistersItsUsersAndActsAsThem() {
    register(service, "_irc_bob", ", \"inhibit_login\": true")
        .then()
        .statusCode(200)
        .body("user_id", equalTo("@_irc_bob:localhost"))
        .body("$", not(hasKey("access_token")));
    service
        .get("/v3/account/whoami?user_id=@_irc_bob:localhost")
        .then()
        .statusCode(200)
        .body("user_id", equalTo("@_irc_bob:localhost"));
    register(service, "_irc_bob", "")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_USER_IN_USE"));
  }

  @Test
  void serviceActsAsNobodyElse() {
    String alice = server.register("alice").id();
    for (String user : new String[] {alice, "@_irc_nobody:localhost"}) {
      service
          .get("/v3/account/whoami?user_id=" + user)
          .then()
          .statusCode(403)
          .body("errcode", equalTo("M_FORBIDDEN"));
    }
  }

  @Test
  void namesOfTheServiceAreReserved() {
    register(service, "carol", "").then().statusCode(400).body("errcode", equalTo("M_EXCLUSIVE"));
    server
        .anonymously()
        .post(
            "/v3/register",
            """
            {"username": "_irc_eve", "password": "x", "auth": {"type": "m.login.dummy"}}
            """)
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_EXCLUSIVE"));
    server
        .anonymously()
        .get("/v3/register/available?username=_irc_eve")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_EXCLUSIVE"));
  }

  @Test
  void onlyTheServiceRegistersAndLogsInItsUsers() {
    register(server.anonymously(), "_irc_dan", "")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_MISSING_TOKEN"));
    register(server.register("mallory"), "_irc_dan", "")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
  }

  @Test
  void serviceLogsItsUsersIn() {
    register(service, "_irc_frank", ", \"inhibit_login\": true").then().statusCode(200);
    service.get("/v3/login").then().body("flows.type", hasItem("m.login.application_service"));
    String body =
        """
        {
          "type": "m.login.application_service",
          "identifier": {"type": "m.id.user", "user": "%s"}
        }
        """;
    Response login = service.post("/v3/login", body.formatted("_irc_frank"));
    login.then().statusCode(200).body("user_id", equalTo("@_irc_frank:localhost"));
    server.withToken(login.path("access_token")).get("/v3/account/whoami").then().statusCode(200);
    server.anonymously().post("/v3/login", body.formatted("_irc_frank")).then().statusCode(401);
    service
        .post("/v3/login", body.formatted(server.register("grace").localpart()))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_EXCLUSIVE"));
  }

  @Test
  void serviceMakesAndRemovesDevicesWithoutPassword() {
    register(service, "_irc_heidi", ", \"inhibit_login\": true").then().statusCode(200);
    String device = "/v3/devices/BRIDGE?user_id=@_irc_heidi:localhost";
    service.put(device, "{\"display_name\": \"bridge\"}").then().statusCode(201);
    service.put(device, "{\"display_name\": \"other\"}").then().statusCode(200);
    service
        .get("/v3/account/whoami?user_id=@_irc_heidi:localhost&device_id=BRIDGE")
        .then()
        .statusCode(200)
        .body("device_id", equalTo("BRIDGE"));
    service
        .get("/v3/account/whoami?user_id=@_irc_heidi:localhost&device_id=OTHER")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_UNKNOWN_DEVICE"));
    service.delete(device, "{}").then().statusCode(200);
    service.get(device).then().statusCode(404);
  }

  @Test
  void fileThatIsWrongStopsTheStart() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("wrong.yaml"), REGISTRATION.replace("hs_token:", "hs_tokn:"));
    Program.Run run =
        Program.run(
            Map.of("SOTTO_APPSERVICES_REGISTRATION_FILES", file.toString()),
            "serve",
            "--port=0",
            "--data=" + folder.resolve("data"));
    assertEquals(1, run.status());
    assertThat(run.output(), containsString("'hs_token' is missing"));
  }

  @Test
  void serviceItselfIsHeldToNoRate() {
    try (Server limited =
        Server.start(
            Map.of(
                "SOTTO_APPSERVICES_REGISTRATION_FILES",
                folder.resolve("irc.yaml").toString(),
                "SOTTO_LIMITS_ENABLED",
                "true",
                "SOTTO_LIMITS_PROFILES_BURST",
                "1",
                "SOTTO_LIMITS_PROFILES_PER_SECOND",
                "0.001",
                "SOTTO_LIMITS_INVITES_BURST",
                "1",
                "SOTTO_LIMITS_INVITES_PER_SECOND",
                "0.001"))) {
      Http bridge = limited.withToken("the-as-token");
      String name = "/v3/profile/@%s:%s/displayname";
      register(bridge, "_irc_slow", "").then().statusCode(200);
      String host = bridge.get("/v3/account/whoami").path("user_id").toString().split(":", 2)[1];
      String bot = name.formatted("_irc_bot", host);
      String puppet = name.formatted("_irc_slow", host) + "?user_id=@_irc_slow:" + host;
      for (int i = 0; i < 3; i++) {
        bridge.put(bot, "{\"displayname\": \"Bridge\"}").then().statusCode(200);
      }
      for (int i = 0; i < 3; i++) {
        Response made =
            bridge.post("/v3/createRoom", "{\"invite\": [\"@_irc_slow:" + host + "\"]}");
        made.then().statusCode(200);
        String room = made.path("room_id");
        bridge
            .put(
                path("/v3/rooms/{}/state/m.room.member/@_irc_slow:{}", room, host),
                "{\"membership\": \"invite\", \"displayname\": \"Slow\"}")
            .then()
            .statusCode(200);
      }
      bridge.put(puppet, "{\"displayname\": \"Slow\"}").then().statusCode(200);
      bridge
          .put(puppet, "{\"displayname\": \"Slow\"}")
          .then()
          .statusCode(429)
          .body("errcode", equalTo("M_LIMIT_EXCEEDED"));
    }
  }
}
