package dev.sotto.spec;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.spec.harness.Program;
import dev.sotto.spec.harness.Program.Run;
import dev.sotto.spec.harness.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the owner of a server chooses, and what the server says to its owner.
class ConfigTest {
  @TempDir Path folder;

  @Test
  void unknownKeyStopsTheStart() throws Exception {
    Path config = Files.writeString(folder.resolve("my.yaml"), "encryption: {polcy: optional}");
    Run run = serve(Map.of(), "--config", config.toString());
    assertNotEquals(0, run.status());
    assertThat(
        run.output(),
        allOf(containsString("'encryption.polcy'"), containsString("'encryption.policy'")));
  }

  @Test
  void valueOfAnotherKindStopsTheStart() throws Exception {
    Run run = serve(Map.of("SOTTO_MEDIA_MAX_UPLOAD_BYTES", "much"));
    assertNotEquals(0, run.status());
    assertThat(run.output(), containsString("media.max_upload_bytes must be a whole number"));
  }

  @Test
  void wrongFlagStopsTheStart() throws Exception {
    Run run = serve(Map.of(), "--server-name", "not a name");
    assertNotEquals(0, run.status());
    assertThat(run.output(), containsString("server.name must be a server name"));
  }

  @Test
  void helpNamesTheFlags() throws Exception {
    Run run = Program.run(Map.of(), "serve", "--help");
    assertEquals(0, run.status());
    for (String flag : new String[] {"--config", "--data", "--port", "--server-name"}) {
      assertThat(run.output(), containsString(flag));
    }
  }

  @Test
  void flagWinsOverVariable() {
    // The harness gives --port 0.
    try (Server server = Server.start(Map.of("SOTTO_SERVER_PORT", "1"))) {
      server.anonymously().get("/versions").then().statusCode(200);
    }
  }

  @Test
  void variableWinsOverFile() {
    try (Server server = Server.start(Map.of("SOTTO_ENCRYPTION_POLICY", "required"))) {
      assertThat(server.greeting(), containsString("required"));
    }
  }

  @Test
  void secondServerOnTheSameDataIsRefused() throws Exception {
    Server server = Server.plain();
    Run run = Program.run(Map.of(), "serve", "--port", "0", "--data", server.data().toString());
    assertEquals(1, run.status());
    assertThat(run.output(), containsString("Another server is running on the data folder"));
  }

  @Test
  void portThatIsTakenIsNamed() throws Exception {
    String port = Server.plain().url().replaceFirst(".*:", "");
    Run run = serve(Map.of("SOTTO_SERVER_PORT", port));
    assertEquals(1, run.status());
    assertThat(run.output(), containsString("cannot listen on 127.0.0.1:" + port));
  }

  @Test
  void dataOfOneNameIsNotServedUnderAnother() throws Exception {
    try (Server server = Server.start(Map.of())) {
      server.stop();
      Run run =
          Program.run(
              Map.of(),
              "serve",
              "--port=0",
              "--server-name=other.example.org",
              "--data=" + server.data());
      assertEquals(1, run.status());
      assertThat(run.output(), containsString("belongs to the server name 'localhost'"));
    }
  }

  @Test
  void conformanceSettingsAreAnnouncedLoudlyAndDefaultsAreNot() {
    String warning = "NOT FIT FOR PEOPLE";
    try (Server conformance = Server.start(Map.of());
        Server shipped = Server.asShipped()) {
      assertThat(conformance.greeting(), containsString(warning));
      assertThat(shipped.greeting(), not(containsString(warning)));
      assertThat(shipped.greeting(), containsString("required"));
      assertThat(shipped.greeting(), containsString(shipped.url()));
    }
  }

  @Test
  void dataFolderIsClosedToOtherUsersOfTheMachine() throws Exception {
    assertTrue(Files.getPosixFilePermissions(Server.plain().data()).size() == 3);
  }

  private Run serve(Map<String, String> environment, String... flags) throws Exception {
    String[] arguments = new String[flags.length + 3];
    arguments[0] = "serve";
    arguments[1] = "--data";
    arguments[2] = folder.resolve("data").toString();
    System.arraycopy(flags, 0, arguments, 3, flags.length);
    return Program.run(environment, arguments);
  }
}
