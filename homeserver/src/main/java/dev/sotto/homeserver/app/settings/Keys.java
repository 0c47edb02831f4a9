package dev.sotto.homeserver.app.settings;

import dev.sotto.homeserver.app.settings.Settings.EncryptionPolicy;
import dev.sotto.homeserver.app.settings.Settings.LogLevel;
import dev.sotto.homeserver.app.settings.Settings.RegistrationMode;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The table of all settings. `config/sotto.yaml` shows the same table to people.
final class Keys {
  static final Key<ServerName> SERVER_NAME =
      new Key<>("server.name", Kind.serverName(), new ServerName("localhost"));
  static final Key<String> SERVER_LISTEN = new Key<>("server.listen", Kind.text(), "127.0.0.1");
  static final Key<Integer> SERVER_PORT = new Key<>("server.port", Kind.whole(0, 65_535), 8008);
  static final Key<Optional<URI>> SERVER_PUBLIC_URL =
      new Key<>("server.public_url", Kind.optionalAddress(), Optional.empty());
  static final Key<List<String>> SERVER_TRUSTED_PROXIES =
      new Key<>("server.trusted_proxies", Kind.list(Kind.text()), List.of());
  static final Key<Path> SERVER_DATA = new Key<>("server.data", Kind.path(), Path.of("data"));

  static final Key<RegistrationMode> REGISTRATION_MODE =
      new Key<>("registration.mode", Kind.choice(RegistrationMode.class), RegistrationMode.TOKEN);
  static final Key<Optional<String>> REGISTRATION_SHARED_SECRET =
      new Key<>("registration.shared_secret", Kind.optionalText(), Optional.empty());
  static final Key<Boolean> REGISTRATION_GUESTS =
      new Key<>("registration.guests", Kind.flag(), false);

  static final Key<Integer> PASSWORDS_MIN_LENGTH =
      new Key<>("passwords.min_length", Kind.whole(1, 512), 8);
  static final Key<Integer> PASSWORDS_ARGON2_MEMORY_KIB =
      new Key<>("passwords.argon2_memory_kib", Kind.whole(8, 4_194_304), 19_456);
  static final Key<Integer> PASSWORDS_ARGON2_ITERATIONS =
      new Key<>("passwords.argon2_iterations", Kind.whole(1, 1000), 2);
  static final Key<Integer> PASSWORDS_ARGON2_PARALLELISM =
      new Key<>("passwords.argon2_parallelism", Kind.whole(1, 64), 1);

  static final Key<Duration> TOKENS_ACCESS_LIFETIME =
      new Key<>("tokens.access_lifetime", Kind.duration(), Duration.ofHours(1));

  static final Key<String> ROOMS_DEFAULT_VERSION =
      new Key<>(
          "rooms.default_version",
          Kind.oneOf(IntStream.rangeClosed(1, 12).mapToObj(Integer::toString).toList()),
          "12");

  static final Key<EncryptionPolicy> ENCRYPTION_POLICY =
      new Key<>(
          "encryption.policy", Kind.choice(EncryptionPolicy.class), EncryptionPolicy.REQUIRED);
  static final Key<List<String>> ENCRYPTION_ALLOWED_STATE_TYPES =
      new Key<>(
          "encryption.allowed_state_types",
          Kind.list(Kind.text()),
          List.of(
              "im.ponies.room_emotes",
              "im.vector.modular.widgets",
              "in.cinny.room.power_level_tags",
              "io.element.functional_members",
              "io.element.widgets.layout",
              "m.beacon_info",
              "m.bridge",
              "m.call.member",
              "m.room.retention",
              "m.rtc.member",
              "m.rtc.slot",
              "m.widget",
              "org.matrix.msc3401.call",
              "org.matrix.msc3401.call.member",
              "org.matrix.msc3672.beacon_info",
              "org.matrix.msc3946.room_predecessor",
              "org.matrix.msc4143.rtc.member",
              "org.matrix.msc4143.rtc.slot",
              "org.matrix.room.preview_urls",
              "uk.half-shot.bridge"));
  static final Key<Integer> ENCRYPTION_MAX_PLAIN_IMAGE_BYTES =
      new Key<>("encryption.max_plain_image_bytes", Kind.whole(0, 104_857_600), 2_097_152);

  static final Key<Integer> MEDIA_MAX_UPLOAD_BYTES =
      new Key<>("media.max_upload_bytes", Kind.whole(1, Integer.MAX_VALUE), 52_428_800);
  static final Key<Integer> MEDIA_MAX_MEBIBYTES_PER_USER =
      new Key<>("media.max_mebibytes_per_user", Kind.whole(1, Integer.MAX_VALUE), 10_240);
  static final Key<Boolean> MEDIA_UNAUTHENTICATED_DOWNLOADS =
      new Key<>("media.unauthenticated_downloads", Kind.flag(), false);

  static final Key<List<String>> TURN_URIS =
      new Key<>("turn.uris", Kind.list(Kind.text()), List.of());
  static final Key<Optional<String>> TURN_SHARED_SECRET =
      new Key<>("turn.shared_secret", Kind.optionalText(), Optional.empty());
  static final Key<Duration> TURN_LIFETIME =
      new Key<>("turn.lifetime", Kind.duration(), Duration.ofHours(24));

  static final Key<Optional<UserId>> SUPPORT_MATRIX_ID =
      new Key<>("support.matrix_id", Kind.optionalUserId(), Optional.empty());
  static final Key<Optional<String>> SUPPORT_EMAIL =
      new Key<>("support.email", Kind.optionalText(), Optional.empty());
  static final Key<Optional<URI>> SUPPORT_PAGE =
      new Key<>("support.page", Kind.optionalAddress(), Optional.empty());

  static final Key<Boolean> PRESENCE_ENABLED = new Key<>("presence.enabled", Kind.flag(), false);

  static final Key<Boolean> LIMITS_ENABLED = new Key<>("limits.enabled", Kind.flag(), true);
  static final Key<Double> LIMITS_LOGIN_PER_SECOND =
      new Key<>("limits.login.per_second", Kind.positive(), 0.2);
  static final Key<Integer> LIMITS_LOGIN_BURST =
      new Key<>("limits.login.burst", Kind.whole(1, 1_000_000), 10);
  static final Key<Double> LIMITS_REGISTRATION_PER_SECOND =
      new Key<>("limits.registration.per_second", Kind.positive(), 0.1);
  static final Key<Integer> LIMITS_REGISTRATION_BURST =
      new Key<>("limits.registration.burst", Kind.whole(1, 1_000_000), 5);
  static final Key<Double> LIMITS_MESSAGES_PER_SECOND =
      new Key<>("limits.messages.per_second", Kind.positive(), 10.0);
  static final Key<Integer> LIMITS_MESSAGES_BURST =
      new Key<>("limits.messages.burst", Kind.whole(1, 1_000_000), 100);
  static final Key<Double> LIMITS_JOINS_PER_SECOND =
      new Key<>("limits.joins.per_second", Kind.positive(), 0.5);
  static final Key<Integer> LIMITS_JOINS_BURST =
      new Key<>("limits.joins.burst", Kind.whole(1, 1_000_000), 30);
  static final Key<Double> LIMITS_INVITES_PER_SECOND =
      new Key<>("limits.invites.per_second", Kind.positive(), 0.5);
  static final Key<Integer> LIMITS_INVITES_BURST =
      new Key<>("limits.invites.burst", Kind.whole(1, 1_000_000), 50);
  static final Key<Double> LIMITS_MEMBERSHIPS_PER_SECOND =
      new Key<>("limits.memberships.per_second", Kind.positive(), 1.0);
  static final Key<Integer> LIMITS_MEMBERSHIPS_BURST =
      new Key<>("limits.memberships.burst", Kind.whole(1, 1_000_000), 100);
  static final Key<Double> LIMITS_MEDIA_PER_SECOND =
      new Key<>("limits.media.per_second", Kind.positive(), 5.0);
  static final Key<Integer> LIMITS_MEDIA_BURST =
      new Key<>("limits.media.burst", Kind.whole(1, 1_000_000), 50);
  static final Key<Double> LIMITS_TO_DEVICE_PER_SECOND =
      new Key<>("limits.to_device.per_second", Kind.positive(), 10.0);
  static final Key<Integer> LIMITS_TO_DEVICE_BURST =
      new Key<>("limits.to_device.burst", Kind.whole(1, 1_000_000), 200);
  static final Key<Double> LIMITS_BACKUPS_PER_SECOND =
      new Key<>("limits.backups.per_second", Kind.positive(), 10.0);
  static final Key<Integer> LIMITS_BACKUPS_BURST =
      new Key<>("limits.backups.burst", Kind.whole(1, 1_000_000), 100);
  static final Key<Double> LIMITS_PROFILES_PER_SECOND =
      new Key<>("limits.profiles.per_second", Kind.positive(), 0.2);
  static final Key<Integer> LIMITS_PROFILES_BURST =
      new Key<>("limits.profiles.burst", Kind.whole(1, 1_000_000), 20);
  static final Key<Double> LIMITS_CHANGES_PER_SECOND =
      new Key<>("limits.changes.per_second", Kind.positive(), 10.0);
  static final Key<Integer> LIMITS_CHANGES_BURST =
      new Key<>("limits.changes.burst", Kind.whole(1, 1_000_000), 200);
  static final Key<Double> LIMITS_SEARCHES_PER_SECOND =
      new Key<>("limits.searches.per_second", Kind.positive(), 2.0);
  static final Key<Integer> LIMITS_SEARCHES_BURST =
      new Key<>("limits.searches.burst", Kind.whole(1, 1_000_000), 30);
  static final Key<Double> LIMITS_ACTIVITIES_PER_SECOND =
      new Key<>("limits.activities.per_second", Kind.positive(), 20.0);
  static final Key<Integer> LIMITS_ACTIVITIES_BURST =
      new Key<>("limits.activities.burst", Kind.whole(1, 1_000_000), 500);

  static final Key<Boolean> OUTBOUND_ALLOW_LOOPBACK =
      new Key<>("outbound.allow_loopback", Kind.flag(), false);
  static final Key<Optional<Path>> OUTBOUND_CA_FILE =
      new Key<>("outbound.ca_file", Kind.optionalPath(), Optional.empty());

  static final Key<List<Path>> APPSERVICES_REGISTRATION_FILES =
      new Key<>("appservices.registration_files", Kind.list(Kind.path()), List.of());

  static final Key<LogLevel> LOGGING_LEVEL =
      new Key<>("logging.level", Kind.choice(LogLevel.class), LogLevel.INFO);

  /// All of them, in the order of `config/sotto.yaml`.
  static final List<Key<?>> ALL =
      List.of(
          SERVER_NAME,
          SERVER_LISTEN,
          SERVER_PORT,
          SERVER_PUBLIC_URL,
          SERVER_TRUSTED_PROXIES,
          SERVER_DATA,
          REGISTRATION_MODE,
          REGISTRATION_SHARED_SECRET,
          REGISTRATION_GUESTS,
          PASSWORDS_MIN_LENGTH,
          PASSWORDS_ARGON2_MEMORY_KIB,
          PASSWORDS_ARGON2_ITERATIONS,
          PASSWORDS_ARGON2_PARALLELISM,
          TOKENS_ACCESS_LIFETIME,
          ROOMS_DEFAULT_VERSION,
          ENCRYPTION_POLICY,
          ENCRYPTION_ALLOWED_STATE_TYPES,
          ENCRYPTION_MAX_PLAIN_IMAGE_BYTES,
          MEDIA_MAX_UPLOAD_BYTES,
          MEDIA_MAX_MEBIBYTES_PER_USER,
          MEDIA_UNAUTHENTICATED_DOWNLOADS,
          TURN_URIS,
          TURN_SHARED_SECRET,
          TURN_LIFETIME,
          SUPPORT_MATRIX_ID,
          SUPPORT_EMAIL,
          SUPPORT_PAGE,
          PRESENCE_ENABLED,
          LIMITS_ENABLED,
          LIMITS_LOGIN_PER_SECOND,
          LIMITS_LOGIN_BURST,
          LIMITS_REGISTRATION_PER_SECOND,
          LIMITS_REGISTRATION_BURST,
          LIMITS_MESSAGES_PER_SECOND,
          LIMITS_MESSAGES_BURST,
          LIMITS_JOINS_PER_SECOND,
          LIMITS_JOINS_BURST,
          LIMITS_INVITES_PER_SECOND,
          LIMITS_INVITES_BURST,
          LIMITS_MEMBERSHIPS_PER_SECOND,
          LIMITS_MEMBERSHIPS_BURST,
          LIMITS_MEDIA_PER_SECOND,
          LIMITS_MEDIA_BURST,
          LIMITS_TO_DEVICE_PER_SECOND,
          LIMITS_TO_DEVICE_BURST,
          LIMITS_BACKUPS_PER_SECOND,
          LIMITS_BACKUPS_BURST,
          LIMITS_PROFILES_PER_SECOND,
          LIMITS_PROFILES_BURST,
          LIMITS_CHANGES_PER_SECOND,
          LIMITS_CHANGES_BURST,
          LIMITS_SEARCHES_PER_SECOND,
          LIMITS_SEARCHES_BURST,
          LIMITS_ACTIVITIES_PER_SECOND,
          LIMITS_ACTIVITIES_BURST,
          OUTBOUND_ALLOW_LOOPBACK,
          OUTBOUND_CA_FILE,
          APPSERVICES_REGISTRATION_FILES,
          LOGGING_LEVEL);

  static final Map<String, Key<?>> BY_NAME =
      ALL.stream().collect(Collectors.toUnmodifiableMap(Key::name, Function.identity()));

  static final Map<String, Key<?>> BY_VARIABLE =
      ALL.stream().collect(Collectors.toUnmodifiableMap(Key::variable, Function.identity()));

  private Keys() {}
}
