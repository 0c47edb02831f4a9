package dev.sotto.homeserver.app.settings;

import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All that the owner of a server may choose. `config/sotto.yaml` says what each value means.
public record Settings(
    Server server,
    Registration registration,
    Passwords passwords,
    Tokens tokens,
    Rooms rooms,
    Encryption encryption,
    Media media,
    Turn turn,
    Support support,
    boolean presenceEnabled,
    Limits limits,
    Outbound outbound,
    List<Path> appserviceRegistrationFiles,
    LogLevel loggingLevel) {

  /// Who may make an account: whoever has a token, everybody, nobody.
  public enum RegistrationMode {
    TOKEN,
    OPEN,
    CLOSED
  }

  /// Whether messages must be end-to-end encrypted.
  public enum EncryptionPolicy {
    REQUIRED,
    OPTIONAL
  }

  /// The least grave of what is logged.
  public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /// The server's name and where it is reached. A port of 0 means any that is free.
  public record Server(
      ServerName name,
      String listen,
      int port,
      Optional<URI> publicUrl,
      List<String> trustedProxies,
      Path data) {}

  /// How accounts are made.
  public record Registration(
      RegistrationMode mode, Optional<Secret> sharedSecret, boolean guests) {}

  /// What passwords must be, and what hashing one costs.
  public record Passwords(
      int minLength, int argon2MemoryKib, int argon2Iterations, int argon2Parallelism) {}

  /// How long tokens live.
  public record Tokens(Duration accessLifetime) {}

  /// What new rooms are like.
  public record Rooms(String defaultVersion) {}

  /// What the server takes in the clear.
  public record Encryption(
      EncryptionPolicy policy, List<String> allowedStateTypes, int maxPlainImageBytes) {}

  /// What may be uploaded, and who may download it.
  public record Media(
      int maxUploadBytes, int maxMebibytesPerUser, boolean unauthenticatedDownloads) {}

  /// The TURN server that relays calls; there is one if both the addresses and the secret are
  /// given.
  public record Turn(List<String> uris, Optional<Secret> sharedSecret, Duration lifetime) {}

  /// Whom users may ask.
  public record Support(Optional<UserId> matrixId, Optional<String> email, Optional<URI> page) {}

  /// A rate: so many at once, refilled by so many each second.
  public record Rate(double perSecond, int burst) {}

  /// How often things may be asked for.
  public record Limits(
      boolean enabled,
      Rate login,
      Rate registration,
      Rate messages,
      Rate joins,
      Rate invites,
      Rate memberships,
      Rate media,
      Rate toDevice,
      Rate backups,
      Rate profiles,
      Rate changes,
      Rate searches,
      Rate activities) {}

  /// The server's own calls to others.
  public record Outbound(boolean allowLoopback, Optional<Path> caFile) {}

  /// A text that is not shown, whoever prints the settings.
  public record Secret(String reveal) {
    @Override
    public String toString() {
      return "(secret)";
    }
  }

  /// What makes this server unfit for people, a sentence each; none for the defaults.
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (encryption.policy == EncryptionPolicy.OPTIONAL) {
      warnings.add("encryption.policy is optional: unencrypted messages are accepted and stored.");
    }
    if (registration.mode == RegistrationMode.OPEN) {
      warnings.add("registration.mode is open: anybody who reaches it can make an account.");
    }
    if (media.unauthenticatedDownloads) {
      warnings.add("media.unauthenticated_downloads: files are served to anybody.");
    }
    if (!limits.enabled) {
      warnings.add("limits.enabled is false: nothing slows down a flood or a guesser.");
    }
    if (outbound.allowLoopback) {
      warnings.add("outbound.allow_loopback: users can make it call this machine's services.");
    }
    return List.copyOf(warnings);
  }

  static Settings of(Values values) {
    return new Settings(
        new Server(
            values.get(Keys.SERVER_NAME),
            values.get(Keys.SERVER_LISTEN),
            values.get(Keys.SERVER_PORT),
            values.get(Keys.SERVER_PUBLIC_URL),
            values.get(Keys.SERVER_TRUSTED_PROXIES),
            values.get(Keys.SERVER_DATA)),
        new Registration(
            values.get(Keys.REGISTRATION_MODE),
            values.get(Keys.REGISTRATION_SHARED_SECRET).map(Secret::new),
            values.get(Keys.REGISTRATION_GUESTS)),
        new Passwords(
            values.get(Keys.PASSWORDS_MIN_LENGTH),
            values.get(Keys.PASSWORDS_ARGON2_MEMORY_KIB),
            values.get(Keys.PASSWORDS_ARGON2_ITERATIONS),
            values.get(Keys.PASSWORDS_ARGON2_PARALLELISM)),
        new Tokens(values.get(Keys.TOKENS_ACCESS_LIFETIME)),
        new Rooms(values.get(Keys.ROOMS_DEFAULT_VERSION)),
        new Encryption(
            values.get(Keys.ENCRYPTION_POLICY),
            values.get(Keys.ENCRYPTION_ALLOWED_STATE_TYPES),
            values.get(Keys.ENCRYPTION_MAX_PLAIN_IMAGE_BYTES)),
        new Media(
            values.get(Keys.MEDIA_MAX_UPLOAD_BYTES),
            values.get(Keys.MEDIA_MAX_MEBIBYTES_PER_USER),
            values.get(Keys.MEDIA_UNAUTHENTICATED_DOWNLOADS)),
        new Turn(
            values.get(Keys.TURN_URIS),
            values.get(Keys.TURN_SHARED_SECRET).map(Secret::new),
            values.get(Keys.TURN_LIFETIME)),
        new Support(
            values.get(Keys.SUPPORT_MATRIX_ID),
            values.get(Keys.SUPPORT_EMAIL),
            values.get(Keys.SUPPORT_PAGE)),
        values.get(Keys.PRESENCE_ENABLED),
        limits(values),
        new Outbound(values.get(Keys.OUTBOUND_ALLOW_LOOPBACK), values.get(Keys.OUTBOUND_CA_FILE)),
        values.get(Keys.APPSERVICES_REGISTRATION_FILES),
        values.get(Keys.LOGGING_LEVEL));
  }

  private static Limits limits(Values values) {
    return new Limits(
        values.get(Keys.LIMITS_ENABLED),
        rate(values, Keys.LIMITS_LOGIN_PER_SECOND, Keys.LIMITS_LOGIN_BURST),
        rate(values, Keys.LIMITS_REGISTRATION_PER_SECOND, Keys.LIMITS_REGISTRATION_BURST),
        rate(values, Keys.LIMITS_MESSAGES_PER_SECOND, Keys.LIMITS_MESSAGES_BURST),
        rate(values, Keys.LIMITS_JOINS_PER_SECOND, Keys.LIMITS_JOINS_BURST),
        rate(values, Keys.LIMITS_INVITES_PER_SECOND, Keys.LIMITS_INVITES_BURST),
        rate(values, Keys.LIMITS_MEMBERSHIPS_PER_SECOND, Keys.LIMITS_MEMBERSHIPS_BURST),
        rate(values, Keys.LIMITS_MEDIA_PER_SECOND, Keys.LIMITS_MEDIA_BURST),
        rate(values, Keys.LIMITS_TO_DEVICE_PER_SECOND, Keys.LIMITS_TO_DEVICE_BURST),
        rate(values, Keys.LIMITS_BACKUPS_PER_SECOND, Keys.LIMITS_BACKUPS_BURST),
        rate(values, Keys.LIMITS_PROFILES_PER_SECOND, Keys.LIMITS_PROFILES_BURST),
        rate(values, Keys.LIMITS_CHANGES_PER_SECOND, Keys.LIMITS_CHANGES_BURST),
        rate(values, Keys.LIMITS_SEARCHES_PER_SECOND, Keys.LIMITS_SEARCHES_BURST),
        rate(values, Keys.LIMITS_ACTIVITIES_PER_SECOND, Keys.LIMITS_ACTIVITIES_BURST));
  }

  private static Rate rate(Values values, Key<Double> perSecond, Key<Integer> burst) {
    return new Rate(values.get(perSecond), values.get(burst));
  }
}
