package dev.sotto.client.terminal.chat;

import dev.sotto.client.ClientBuilder;
import dev.sotto.client.MatrixClient;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.NoSessionException;
import dev.sotto.client.error.OtherServerException;
import dev.sotto.client.http.ServerAddress;
import dev.sotto.client.terminal.screen.Harmless;
import dev.sotto.client.terminal.screen.Screen;
import java.io.IOException;
import java.util.Optional;

/// Carries the kept session on, or logs in.
final class Entrance {
  private final ChatSettings settings;
  private final Screen screen;
  private final Optional<String> firstLine;

  /// @param firstLine the password, if it came as the first line of the input
  Entrance(ChatSettings settings, Screen screen, Optional<String> firstLine) {
    this.settings = settings;
    this.screen = screen;
    this.firstLine = firstLine;
  }

  /// A client that is logged in.
  ///
  /// @param again whether the kept session needs the password once more
  /// @throws Complaint if something that is needed was not given
  MatrixClient open(boolean again) throws IOException {
    requirePrivateWay();
    boolean isNew = !settings.place().isUsed();
    ClientBuilder builder = builder(isNew);
    if (isNew || again) {
      return login(builder);
    }
    if (screen.isTerminal()) {
      // It may take a while where the server does not answer.
      screen.show("Connecting ...");
    }
    try {
      return requireSame(builder.restore());
    } catch (NoSessionException _) {
      // There is a store, but the first login did not get through.
      return login(builder);
    } catch (OtherServerException _) {
      throw new Complaint(
          "The session kept here is with a server at another address. If the server has moved to "
              + Harmless.line(settings.server())
              + ", say so with --server-moved.");
    }
  }

  private MatrixClient login(ClientBuilder builder) {
    try {
      return builder.login(settings.user(), password());
    } catch (MatrixRequestException e) {
      throw e.kind() == MatrixRequestException.Kind.UNREACHABLE ? new Complaint(unreachable()) : e;
    }
  }

  private String unreachable() {
    String server = Harmless.line(settings.server());
    return server.contains("://")
        ? server + " cannot be reached."
        : "https://"
            + server
            + " cannot be reached. If the server is elsewhere, give its whole address:"
            + " --server http://127.0.0.1:8008";
  }

  private void requirePrivateWay() {
    if (!settings.server().contains("://") || settings.wishes().clearText()) {
      return;
    }
    // Throws where it is no address at all.
    ServerAddress.inTheClear(settings.server());
    try {
      ServerAddress.of(settings.server());
    } catch (IllegalArgumentException _) {
      throw new Complaint(
          "This address is not encrypted: everyone on the way could read your password. Use https,"
              + " or --allow-clear-text if you must.");
    }
  }

  private MatrixClient requireSame(MatrixClient client) {
    String wanted = settings.user();
    String kept = client.user().value();
    if (!kept.equals(wanted) && !client.user().localpart().equals(wanted)) {
      client.close();
      throw new Complaint(
          "The file " + settings.place().store() + " holds the session of " + kept + ".");
    }
    return client;
  }

  private ClientBuilder builder(boolean isNew) throws IOException {
    ClientBuilder builder =
        MatrixClient.at(settings.server()).deviceName("Sotto chat").program("sotto-chat");
    if (settings.wishes().clearText()) {
      builder = builder.allowClearText();
    }
    if (settings.wishes().serverMoved()) {
      builder = builder.serverMoved();
    }
    Place place = settings.place();
    boolean sealed =
        isNew
            ? settings.wishes().passphrase()
                || settings.variable(ChatSettings.PASSPHRASE).isPresent()
            : place.hasPassphrase();
    if (!sealed) {
      place.prepare();
      return builder.storeWithKeyFile(place.store(), place.key());
    }
    String passphrase = passphrase(isNew);
    place.prepare();
    return builder.store(place.store(), passphrase);
  }

  private String passphrase(boolean isNew) {
    Optional<String> given = settings.variable(ChatSettings.PASSPHRASE);
    if (given.isPresent()) {
      return given.get();
    }
    String typed =
        require(
            screen.secret("Passphrase of the keys on this machine:"),
            "The keys are sealed with a passphrase: set " + ChatSettings.PASSPHRASE + ".");
    if (isNew && !screen.secret("The same once more:").equals(Optional.of(typed))) {
      throw new Complaint("These were two different passphrases.");
    }
    return typed;
  }

  private String password() {
    return require(
        settings
            .variable(ChatSettings.PASSWORD)
            .or(() -> firstLine)
            .or(() -> screen.secret("Password of " + settings.user() + ":")),
        "A password is needed: set "
            + ChatSettings.PASSWORD
            + ", or pass it as the first line of the input with --password-stdin.");
  }

  private static String require(Optional<String> given, String otherwise) {
    return given.filter(text -> !text.isEmpty()).orElseThrow(() -> new Complaint(otherwise));
  }
}
