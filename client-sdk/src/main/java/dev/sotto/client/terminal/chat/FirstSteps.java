package dev.sotto.client.terminal.chat;

import dev.sotto.client.MatrixClient;
import dev.sotto.client.Recovery;
import dev.sotto.client.Security;
import dev.sotto.client.terminal.screen.Colour;
import dev.sotto.client.terminal.screen.Line;
import dev.sotto.client.terminal.screen.Screen;
import java.util.Optional;

/// Makes a new device one of its user's in full: with the recovery key where the account has one,
/// and where it has none by making one, which is shown once.
final class FirstSteps {
  private static final int MOST_TRIES = 3;

  private final Security security;
  private final Recovery recovery;
  private final Screen screen;
  private volatile boolean toBeVerified;

  FirstSteps(MatrixClient client, Screen screen) {
    this.security = client.security();
    this.recovery = client.recovery();
    this.screen = screen;
  }

  /// Does what is still to be done; nothing, mostly.
  ///
  /// @param given the recovery key, if it need not be asked for
  void take(Optional<String> given) {
    boolean isOurs = security.isDeviceSigned() || security.setUpIdentity();
    if (recovery.isSetUp()) {
      if (!isOurs) {
        recover(given);
      }
    } else if (!isOurs) {
      byVerification();
    } else if (screen.isTerminal()) {
      setUp();
    } else {
      say(
          Colour.WARNING,
          "This account has no recovery key: start once in a terminal, or type /recovery new.");
    }
  }

  private void recover(Optional<String> given) {
    if (given.isPresent()) {
      if (!isRecovered(given.get())) {
        byVerification();
      }
      return;
    }
    if (screen.isTerminal()) {
      say(Colour.STRONG, "This account has a recovery key, which makes this device one of yours.");
    }
    for (int i = 0; i < MOST_TRIES; i++) {
      Optional<String> typed = screen.secret("Recovery key (Enter for none):");
      if (typed.isEmpty() || typed.get().isBlank()) {
        break;
      }
      if (isRecovered(typed.get())) {
        return;
      }
    }
    byVerification();
  }

  private boolean isRecovered(String typed) {
    try {
      boolean signed = recovery.recover(typed);
      say(
          signed ? Colour.GOOD : Colour.WARNING,
          signed
              ? "This device is one of yours now, and can read what was said before."
              : "The key is right, but your identity does not sign this device.");
      return signed;
    } catch (IllegalArgumentException e) {
      say(Colour.WARNING, Sentences.of(e));
      return false;
    }
  }

  /// This device and another one of its user have verified each other.
  void verified() {
    if (toBeVerified) {
      toBeVerified = false;
      say(
          Colour.GOOD,
          "This device is one of yours now; /room shows again what could not be read before.");
    }
  }

  private void byVerification() {
    toBeVerified = true;
    say(
        Colour.WARNING,
        "Others do not know yet that this device is yours, and send it no keys: /verify me makes it"
            + " known with another device of yours.");
  }

  /// Makes a recovery key, in place of the one that there may be, and shows it.
  void setUp() {
    String key = recovery.setUp();
    say(Colour.STRONG, "Your recovery key, shown only now. Write it down and keep it to yourself:");
    screen.show("");
    screen.show("    " + key);
    screen.show("");
    say(
        Colour.PLAIN,
        "On a new device it makes your messages readable again; without it and without another"
            + " device of yours they are lost. Nobody can restore it.");
  }

  /// What a user asks for by the order: `new`, or the key itself.
  void order(String rest) {
    if (rest.equals("new")) {
      setUp();
    } else if (!rest.isEmpty()) {
      isRecovered(rest);
    } else if (!security.isDeviceSigned() && recovery.isSetUp()) {
      recover(Optional.empty());
    } else {
      say(
          Colour.PLAIN,
          recovery.isSetUp()
              ? "This account has a recovery key. /recovery new makes another in its place."
              : "This account has no recovery key. /recovery new makes one.");
    }
  }

  private void say(Colour colour, String sentence) {
    screen.show(new Line().add(colour, sentence).line());
  }
}
