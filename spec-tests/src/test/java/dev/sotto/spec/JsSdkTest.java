package dev.sotto.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sotto.spec.harness.Program;
import dev.sotto.spec.harness.Program.Run;
import dev.sotto.spec.harness.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Runs the suite in `spec-tests/js`: matrix-js-sdk with its Rust crypto, as Element uses them.
class JsSdkTest {
  private static final Path SUITE = Path.of("js").toAbsolutePath();
  private static final Path INSTALLED = SUITE.resolve("node_modules/.package-lock.json");

  @BeforeAll
  static void install() throws Exception {
    boolean node = hasNode();
    assertTrue(node || System.getenv("CI") == null, "Node.js 20.14 or newer is missing");
    assumeTrue(node, "SKIPPED: Node.js 20.14 or newer is needed to run matrix-js-sdk's tests");
    Path lock = SUITE.resolve("package-lock.json");
    if (!Files.exists(INSTALLED)
        || Files.getLastModifiedTime(INSTALLED).compareTo(Files.getLastModifiedTime(lock)) < 0) {
      Run run = Program.run(inSuite("npm", "ci", "--no-audit", "--no-fund"));
      assertEquals(0, run.status(), run.output());
    }
  }

  @Test
  void peopleChatEncryptedWhereTheServerDemandsIt() throws Exception {
    chat("required");
  }

  @Test
  void peopleChatEncryptedWhereTheServerLeavesItToThem() throws Exception {
    chat("optional");
  }

  private static void chat(String policy) throws Exception {
    try (Server server = Server.start(Map.of("SOTTO_ENCRYPTION_POLICY", policy))) {
      ProcessBuilder suite = inSuite("npm", "test");
      suite.environment().put("SOTTO_URL", server.url());
      suite.environment().put("SOTTO_POLICY", policy);
      suite.environment().put("SOTTO_DATA", server.data().toString());
      Run run = Program.run(suite);
      System.out.println(run.output());
      assertEquals(0, run.status(), "npm test has failed; its output is above");
    }
  }

  private static boolean hasNode() throws InterruptedException {
    try {
      Run node = Program.run(new ProcessBuilder("node", "--version"));
      Run npm = Program.run(new ProcessBuilder("npm", "--version"));
      String[] version = node.output().strip().replaceFirst("^v", "").split("\\.");
      int major = Integer.parseInt(version[0]);
      boolean recent = major > 20 || (major == 20 && Integer.parseInt(version[1]) >= 14);
      return npm.status() == 0 && recent;
    } catch (IOException e) {
      return false;
    }
  }

  private static ProcessBuilder inSuite(String... command) {
    return new ProcessBuilder(command).directory(SUITE.toFile());
  }
}
