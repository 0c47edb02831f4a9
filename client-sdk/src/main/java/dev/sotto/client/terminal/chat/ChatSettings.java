package dev.sotto.client.terminal.chat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a chat is started with.
///
/// @param server address or name of the homeserver
/// @param user a full id, or the part before the colon
/// @param room the room to begin with
/// @param place where the session and the keys are
/// @param wishes what else was said
/// @param downloads the folder that received files are saved in
/// @param environment variables, among which secrets may be
public record ChatSettings(
    String server,
    String user,
    Optional<String> room,
    Place place,
    Wishes wishes,
    Path downloads,
    Map<String, String> environment) {
  /// The variable that may hold the account's password.
  public static final String PASSWORD = "MATRIX_PASSWORD";

  /// The variable that may hold what the store is sealed with.
  public static final String PASSPHRASE = "MATRIX_PASSPHRASE";

  /// The variable that may hold the account's recovery key.
  public static final String RECOVERY_KEY = "MATRIX_RECOVERY_KEY";

  /// What can be wished for.
  ///
  /// @param passphrase that a new store is sealed with a passphrase
  /// @param passwordFromInput that the first line of the input is the password
  /// @param clearText that the way to the server may be readable for others
  /// @param serverMoved that a session is carried on though the server has another address now
  public record Wishes(
      boolean passphrase, boolean passwordFromInput, boolean clearText, boolean serverMoved) {}

  /// Settings for this process.
  ///
  /// @param store where the user wants the session and keys to be; null for the usual place
  public static ChatSettings of(
      String server,
      String user,
      @Nullable String room,
      @Nullable Path store,
      Wishes wishes,
      Path downloads) {
    Map<String, String> environment = System.getenv();
    Place place = store == null ? Place.of(environment, user, server) : Place.at(store);
    return new ChatSettings(
        server, user, Optional.ofNullable(room), place, wishes, downloads, environment);
  }

  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /// Without the environment, which holds secrets.
  @Override
  public String toString() {
    return user + " at " + server;
  }
}
