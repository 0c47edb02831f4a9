package dev.sotto.spec;

import static dev.sotto.spec.harness.SigningKey.json;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.SigningKey;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
class CrossSigningTest {
  private static final String UPLOAD = "/v3/keys/device_signing/upload";
  private static final String SIGNATURES = "/v3/keys/signatures/upload";

  private final Server server = Server.plain();

  /// A user's three keys.
  private record Identity(
      User user, SigningKey master, SigningKey selfSigning, SigningKey userSigning) {
    static Identity of(User user) {
      return new Identity(user, new SigningKey(), new SigningKey(), new SigningKey());
    }

    Map<String, Object> masterKey() {
      return master.crossSigningKey(user, "master");
    }

    private Map<String, Object> signed(SigningKey key, String usage) {
      return master.sign(key.crossSigningKey(user, usage), user.id(), master.publicKey());
    }

    Map<String, Object> body() {
      return new LinkedHashMap<>(
          Map.of(
              "master_key", masterKey(),
              "self_signing_key", signed(selfSigning, "self_signing"),
              "user_signing_key", signed(userSigning, "user_signing")));
    }

    Identity uploaded() {
      user.post(UPLOAD, json(body())).then().statusCode(200);
      return this;
    }
  }

  private static Response query(User asking, User about) {
    return asking.post(
        "/v3/keys/query", json(Map.of("device_keys", Map.of(about.id(), List.of()))));
  }

  private static Map<String, Object> masterKey(User asking, User about) {
    Map<String, Map<String, Object>> keys = query(asking, about).path("master_keys");
    return keys.getOrDefault(about.id(), Map.of());
  }

  private static Response sign(User signer, User of, String key, Map<String, Object> signed) {
    return signer.post(SIGNATURES, json(Map.of(of.id(), Map.of(key, signed))));
  }

  @Test
  void theFirstKeysNeedNoPasswordAndTheSameAgainNeither() {
    User alice = server.register("alice");
    Identity keys = Identity.of(alice);
    alice.post(UPLOAD, json(keys.body())).then().statusCode(200).body("$", anEmptyMap());
    alice.post(UPLOAD, json(keys.body())).then().statusCode(200);
    assertEquals(keys.masterKey(), masterKey(alice, alice));
  }

  @Test
  void otherKeysNeedThePassword() {
    User alice = server.register("alice");
    Identity before = Identity.of(alice).uploaded();
    Identity after = Identity.of(alice);
    Response refused = alice.post(UPLOAD, json(after.body()));
    refused
        .then()
        .statusCode(401)
        .body("flows.stages", equalTo(List.of(List.of("m.login.password"))))
        .body("session", notNullValue());
    assertEquals(before.masterKey(), masterKey(alice, alice));

    Map<String, Object> proven = after.body();
    proven.put(
        "auth",
        Map.of(
            "type",
            "m.login.password",
            "session",
            refused.path("session"),
            "identifier",
            Map.of("type", "m.id.user", "user", alice.id()),
            "password",
            alice.password()));
    alice.post(UPLOAD, json(proven)).then().statusCode(200);
    assertEquals(after.masterKey(), masterKey(alice, alice));
    alice.post(UPLOAD, json(proven)).then().statusCode(200);
  }

  @Test
  void thePathFromBeforeTheSpecificationAnswersToo() {
    User alice = server.register("alice");
    Identity keys = Identity.of(alice);
    alice.post("/unstable/keys/device_signing/upload", json(keys.body())).then().statusCode(200);
    assertEquals(keys.masterKey(), masterKey(alice, alice));
  }

  @Test
  void theUserSigningKeyIsForItsOwnerOnly() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    Identity.of(alice).uploaded();
    query(bob, alice)
        .then()
        .body("self_signing_keys", hasKey(alice.id()))
        .body("user_signing_keys", not(hasKey(alice.id())));
    query(alice, alice).then().body("user_signing_keys", hasKey(alice.id()));
  }

  @Test
  void keysWithoutAMasterKeyOrItsSignatureAreRefused() {
    User alice = server.register("alice");
    Identity keys = Identity.of(alice);
    Map<String, Object> noMaster = keys.body();
    noMaster.remove("master_key");
    alice
        .post(UPLOAD, json(noMaster))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
    Map<String, Object> forged = keys.body();
    forged.put("self_signing_key", Identity.of(alice).body().get("self_signing_key"));
    alice
        .post(UPLOAD, json(forged))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_SIGNATURE"));
    Map<String, Object> foreign = keys.body();
    foreign.put("master_key", keys.master.crossSigningKey(server.register("bob"), "master"));
    alice
        .post(UPLOAD, json(foreign))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    alice
        .post(UPLOAD, "{\"master_key\": 5}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
    query(alice, alice).then().body("master_keys", anEmptyMap());
  }

  @Test
  void signaturesOfOnesOwnKeysAreSeenByEverybody() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    SigningKey device = new SigningKey();
    Map<String, Object> deviceKeys = device.deviceKeys(alice);
    alice.post("/v3/keys/upload", json(Map.of("device_keys", deviceKeys))).then().statusCode(200);
    Identity keys = Identity.of(alice).uploaded();

    Map<String, Object> signedDevice =
        keys.selfSigning.sign(deviceKeys, alice.id(), keys.selfSigning.publicKey());
    Map<String, Object> signedMaster = device.sign(keys.masterKey(), alice.id(), alice.deviceId());
    alice
        .post(
            SIGNATURES,
            json(
                Map.of(
                    alice.id(),
                    Map.of(alice.deviceId(), signedDevice, keys.master.publicKey(), signedMaster))))
        .then()
        .statusCode(200)
        .body("failures", anEmptyMap());
    query(bob, alice)
        .then()
        .body(
            "device_keys.'%s'.'%s'.signatures".formatted(alice.id(), alice.deviceId()),
            equalTo(signedDevice.get("signatures")));
    assertEquals(signedMaster, masterKey(bob, alice));
  }

  @Test
  void aSignatureOfAnothersKeyIsSeenByTheSignerOnly() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    Identity alices = Identity.of(alice).uploaded();
    Identity bobs = Identity.of(bob).uploaded();
    Map<String, Object> signed =
        alices.userSigning.sign(bobs.masterKey(), alice.id(), alices.userSigning.publicKey());
    sign(alice, bob, bobs.master.publicKey(), signed)
        .then()
        .statusCode(200)
        .body("failures", anEmptyMap());
    assertEquals(signed, masterKey(alice, bob));
    assertEquals(bobs.masterKey(), masterKey(bob, bob));
  }

  @Test
  void forgedSignaturesAreReportedOneByOne() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    SigningKey device = new SigningKey();
    Map<String, Object> deviceKeys = device.deviceKeys(alice);
    alice.post("/v3/keys/upload", json(Map.of("device_keys", deviceKeys))).then().statusCode(200);
    Identity alices = Identity.of(alice).uploaded();
    Identity bobs = Identity.of(bob).uploaded();
    String bobsMaster = bobs.master.publicKey();
    SigningKey forger = new SigningKey();
    Map<String, Object> forgedDevice =
        forger.sign(deviceKeys, alice.id(), alices.selfSigning.publicKey());
    Map<String, Object> forgedMaster =
        forger.sign(bobs.masterKey(), alice.id(), alices.userSigning.publicKey());
    Map<String, Object> goodMaster = device.sign(alices.masterKey(), alice.id(), alice.deviceId());
    alice
        .post(
            SIGNATURES,
            json(
                Map.of(
                    alice.id(),
                    Map.of(alice.deviceId(), forgedDevice, alices.master.publicKey(), goodMaster),
                    bob.id(),
                    Map.of(bobsMaster, forgedMaster, "OTHER", forgedMaster))))
        .then()
        .statusCode(200)
        .body(
            "failures.'%s'.'%s'.errcode".formatted(alice.id(), alice.deviceId()),
            equalTo("M_INVALID_SIGNATURE"))
        .body("failures.'%s'".formatted(alice.id()), not(hasKey(alices.master.publicKey())))
        .body(
            "failures.'%s'.'%s'.errcode".formatted(bob.id(), bobsMaster),
            equalTo("M_INVALID_SIGNATURE"))
        .body("failures.'%s'.OTHER.errcode".formatted(bob.id()), equalTo("M_NOT_FOUND"));
    assertEquals(bobs.masterKey(), masterKey(alice, bob));
    assertEquals(goodMaster, masterKey(bob, alice));
  }

  @Test
  void illTypedSignaturesAreRefused() {
    User alice = server.register("alice");
    for (String body : List.of("{\"%s\": 5}", "{\"%s\": {\"D\": 5}}", "{\"%s\": []}")) {
      alice
          .post(SIGNATURES, body.formatted(alice.id()))
          .then()
          .statusCode(400)
          .body("errcode", equalTo("M_BAD_JSON"));
    }
  }
}
