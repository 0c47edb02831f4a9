package dev.sotto.homeserver.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.app.settings.Settings.EncryptionPolicy;
import dev.sotto.homeserver.app.settings.Settings.RegistrationMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsLoaderTest {
  private static final Path SHIPPED = Path.of("../config/sotto.yaml");

  @TempDir Path folder;

  @Test
  void shippedFileNamesEveryKeyWithItsDefault() throws Exception {
    SettingsLoader shipped = new SettingsLoader().file(SHIPPED);
    for (Key<?> key : Keys.ALL) {
      assertTrue(shipped.gives(key), key.name() + " is missing in config/sotto.yaml");
      assertEquals(key.fallback(), shipped.values().get(key), key.name());
    }
  }

  @Test
  void shippedFileSaysWhatEachKeyMeans() throws IOException {
    List<String> lines = Files.readAllLines(SHIPPED);
    String section = "";
    List<String> silent = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean explained = line.contains("#") || (i > 0 && lines.get(i - 1).contains("#"));
      if (line.matches("[a-z]+:")) {
        section = line;
      } else if (line.matches("  [a-z0-9_]+:.*") && !explained) {
        silent.add(section + line);
      }
    }
    assertEquals(List.of(), silent);
  }

  @Test
  void conformanceFileIsOpenAndSaysSo() throws Exception {
    Settings settings = new SettingsLoader().file(Path.of("../config/conformance.yaml")).load();
    assertEquals(EncryptionPolicy.OPTIONAL, settings.encryption().policy());
    assertEquals(RegistrationMode.OPEN, settings.registration().mode());
    assertTrue(settings.registration().guests());
    assertTrue(settings.registration().sharedSecret().isPresent());
    assertTrue(settings.media().unauthenticatedDownloads());
    assertTrue(settings.presenceEnabled());
    assertFalse(settings.limits().enabled());
    assertEquals(5, settings.warnings().size());
  }

  @Test
  void defaultsNeedNoWarning() {
    assertEquals(List.of(), new SettingsLoader().load().warnings());
  }

  @Test
  void flagsWinOverEnvironmentWhichWinsOverFile() throws Exception {
    Path file = write("server: {port: 1, name: file.test, listen: 0.0.0.0}");
    Map<String, String> environment =
        Map.of("SOTTO_SERVER_PORT", "2", "SOTTO_SERVER_NAME", "environment.test", "HOME", "/");
    Settings settings =
        new SettingsLoader().file(file).environment(environment).flags(null, "3", null).load();
    assertEquals(3, settings.server().port());
    assertEquals("environment.test", settings.server().name().value());
    assertEquals("0.0.0.0", settings.server().listen());
  }

  @Test
  void everyKeyHasItsOwnVariable() {
    assertEquals("SOTTO_ROOMS_DEFAULT_VERSION", Keys.ROOMS_DEFAULT_VERSION.variable());
    assertEquals(Keys.ALL.size(), Keys.BY_VARIABLE.size());
  }

  @Test
  void environmentTakesListsAndLengthsOfTime() throws Exception {
    Settings settings =
        new SettingsLoader()
            .environment(
                Map.of(
                    "SOTTO_ENCRYPTION_ALLOWED_STATE_TYPES", "one.type, other.type",
                    "SOTTO_TOKENS_ACCESS_LIFETIME", "90s",
                    "SOTTO_ROOMS_DEFAULT_VERSION", "11"))
            .load();
    assertEquals(List.of("one.type", "other.type"), settings.encryption().allowedStateTypes());
    assertEquals(Duration.ofSeconds(90), settings.tokens().accessLifetime());
    assertEquals("11", settings.rooms().defaultVersion());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          server: {prot: 1}             | server.prot          | server.port
          srever: {port: 1}             | srever.port          | server.port
          limits: {login: {brust: 1}}   | limits.login.brust   | limits.login.burst
          encryption: {polcy: optional} | encryption.polcy     | encryption.policy
          port: 8008                    | port                 | server.port
          """)
  void unknownKeyIsNamedWithTheNearestValidOne(String yaml, String name, String nearest)
      throws IOException {
    String message = refused(yaml);
    assertTrue(message.contains("'" + name + "'"), message);
    assertTrue(message.contains("'" + nearest + "'"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          server: {port: yes}                | server.port                   | a whole number
          server: {port: 65536}              | server.port                   | from 0 to 65535
          server: {port: '8008'}             | server.port                   | a whole number
          server: {port: }                   | server.port                   | has no value
          server: {port: {number: 1}}        | server.port                   | a whole number
          server: {name: 'not a name'}       | server.name                   | a server name
          server: {public_url: example.org}  | server.public_url             | https://
          registration: {mode: everybody}    | registration.mode             | token, open, closed
          registration: {guests: 1}          | registration.guests           | true or false
          tokens: {access_lifetime: 5}       | tokens.access_lifetime        | 30s
          rooms: {default_version: 13}       | rooms.default_version         | 1, 2
          encryption: {allowed_state_types: a} | encryption.allowed_state_types | a list
          limits: {login: {per_second: 0}}   | limits.login.per_second       | above 0
          """)
  void valueOfAnotherKindIsRefusedWithTheKeysName(String yaml, String name, String expected)
      throws IOException {
    String message = refused(yaml);
    assertTrue(message.contains(name), message);
    assertTrue(message.contains(expected), message);
  }

  @Test
  void unknownVariableIsNamedWithTheNearestValidOne() {
    String message =
        refusal(() -> new SettingsLoader().environment(Map.of("SOTTO_SERVER_PROT", "1")));
    assertTrue(message.contains("SOTTO_SERVER_PORT"), message);
  }

  @Test
  void variablesOfLauncherAndContainerHostAreNoSettings() throws Exception {
    new SettingsLoader()
        .environment(
            Map.of(
                "SOTTO_JAVA_OPTIONS", "-Xmx1g",
                "SOTTO_SERVICE_HOST", "10.0.0.1",
                "SOTTO_PORT_8008_TCP", "tcp://10.0.0.1:8008"));
  }

  @Test
  void brokenFileIsRefusedWithItsLine() throws IOException {
    String message = refused("server:\n  port: 1\n  port: 2\n");
    assertTrue(message.contains("settings.yaml line 3"), message);
  }

  @Test
  void missingFileIsRefused() {
    Path missing = folder.resolve("missing.yaml");
    String message = refusal(() -> new SettingsLoader().file(missing));
    assertTrue(message.contains("missing.yaml"), message);
  }

  @Test
  void secretsAreNotPrinted() throws Exception {
    Settings settings =
        new SettingsLoader().file(write("registration: {shared_secret: hush}")).load();
    assertFalse(settings.toString().contains("hush"));
  }

  private String refused(String yaml) throws IOException {
    Path file = write(yaml);
    return refusal(() -> new SettingsLoader().file(file));
  }

  private static String refusal(Executable load) {
    return String.valueOf(assertThrows(SettingsException.class, load).getMessage());
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("settings.yaml"), yaml);
  }
}
