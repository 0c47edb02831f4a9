package dev.sotto.spec.crash;

import static dev.sotto.spec.harness.Http.path;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.spec.harness.User;

/// A user counts up in account data.
final class AccountData implements Deed {
  private final User user;
  private int acknowledged;

  AccountData(User user) {
    this.user = user;
  }

  private String address() {
    return path("/v3/user/{}/account_data/dev.sotto.counter", user.id());
  }

  @Override
  public void next() {
    user.put(address(), "{\"count\": " + (acknowledged + 1) + "}").then().statusCode(200);
    acknowledged++;
  }

  @Override
  public void verify() {
    int kept = user.get(address()).then().statusCode(200).extract().path("count");
    assertTrue(
        kept == acknowledged || kept == acknowledged + 1,
        "the count is " + kept + ", acknowledged was " + acknowledged);
  }
}
