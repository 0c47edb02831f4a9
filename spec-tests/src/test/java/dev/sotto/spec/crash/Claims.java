package dev.sotto.spec.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.spec.harness.User;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// A user claims another's one-time keys, which that one uploads again and again.
final class Claims implements Deed {
  private static final int UPLOADED_AT_ONCE = 20;

  private final User claimer;
  private final User owner;
  private final List<String> claimed = new ArrayList<>();
  private int uploaded;
  private int steps;

  Claims(User claimer, User owner) {
    this.claimer = claimer;
    this.owner = owner;
  }

  @Override
  public void next() {
    if (steps % UPLOADED_AT_ONCE == 0) {
      upload();
    } else {
      claim();
    }
    steps++;
  }

  /// Unsigned keys, which need no device keys to check them against.
  private void upload() {
    StringBuilder keys = new StringBuilder();
    for (int n = uploaded; n < uploaded + UPLOADED_AT_ONCE; n++) {
      keys.append(keys.isEmpty() ? "" : ", ")
          .append("\"curve25519:K%06d\": \"%s\"".formatted(n, key(n)));
    }
    owner.post("/v3/keys/upload", "{\"one_time_keys\": {" + keys + "}}").then().statusCode(200);
    uploaded += UPLOADED_AT_ONCE;
  }

  private static String key(int n) {
    return "%06d".formatted(n).repeat(8).substring(0, 43);
  }

  private void claim() {
    Map<String, Object> keys =
        claimer
            .post(
                "/v3/keys/claim",
                """
                {"one_time_keys": {"%s": {"%s": "curve25519"}}}
                """
                    .formatted(owner.id(), owner.deviceId()))
            .then()
            .statusCode(200)
            .extract()
            .<Map<String, Map<String, Map<String, Object>>>>path("one_time_keys")
            .getOrDefault(owner.id(), Map.of())
            .getOrDefault(owner.deviceId(), Map.of());
    claimed.addAll(keys.keySet());
  }

  @Override
  public void verify() {
    assertEquals(claimed.size(), new HashSet<>(claimed).size(), "a key was handed out twice");
    assertTrue(!claimed.isEmpty(), "no key was handed out");
    assertEquals(claimed.stream().sorted().toList(), claimed, "keys came in another order");
  }
}
