package dev.sotto.homeserver.uia;

import java.util.Arrays;
import java.util.Optional;

/// A way to authenticate. Each is a flow of its own here: none needs another beside it.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#authentication-types
public enum Stage {
  PASSWORD("m.login.password"),
  DUMMY("m.login.dummy"),
  REGISTRATION_TOKEN("m.login.registration_token");

  private final String type;

  Stage(String type) {
    this.type = type;
  }

  public String type() {
    return type;
  }

  static Optional<Stage> of(String type) {
    return Arrays.stream(values()).filter(stage -> stage.type.equals(type)).findFirst();
  }
}
