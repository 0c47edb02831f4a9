package dev.sotto.client.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The programs in `src/test/js`. What they import is installed when the first of them is wanted.
/// Without Node.js their tests are left out, except on a build machine (`CI`), where they fail.
public final class NodePrograms {
  private static final Path FOLDER = Path.of("src/test/js").toAbsolutePath();
  private static final Path INSTALLED = FOLDER.resolve("node_modules/.package-lock.json");
  private static final long INSTALL_MINUTES = 4;
  private static final int MAJOR = 20;
  private static final int MINOR = 14;

  private NodePrograms() {}

  private record Run(int status, String output) {}

  /// Makes sure that programs can be started, or ends the test.
  private static synchronized void require() {
    try {
      boolean node = hasNode();
      String needed = "Node.js %d.%d or newer".formatted(MAJOR, MINOR);
      assertTrue(node || System.getenv("CI") == null, needed + " is missing");
      assumeTrue(node, "SKIPPED: " + needed + " is needed for the tests with other libraries");
      Path lock = FOLDER.resolve("package-lock.json");
      if (!Files.exists(INSTALLED)
          || Files.getLastModifiedTime(INSTALLED).compareTo(Files.getLastModifiedTime(lock)) < 0) {
        Run run = run(inFolder("npm", "ci", "--no-audit", "--no-fund"));
        assertEquals(0, run.status(), run.output());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Starts one of them.
  public static LineProcess start(String file) {
    require();
    return LineProcess.start(inFolder("node", file));
  }

  private static boolean hasNode() throws InterruptedException {
    try {
      String[] version =
          run(new ProcessBuilder("node", "--version"))
              .output()
              .strip()
              .replaceFirst("^v", "")
              .split("\\.");
      int major = Integer.parseInt(version[0]);
      boolean recent = major > MAJOR || (major == MAJOR && Integer.parseInt(version[1]) >= MINOR);
      return recent && run(new ProcessBuilder("npm", "--version")).status() == 0;
    } catch (IOException _) {
      return false;
    }
  }

  private static ProcessBuilder inFolder(String... command) {
    return new ProcessBuilder(command).directory(FOLDER.toFile());
  }

  private static Run run(ProcessBuilder builder) throws IOException, InterruptedException {
    Path output = Files.createTempFile("node", ".out");
    try {
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES);
      process.destroyForcibly().waitFor();
      String printed = Files.readString(output);
      if (!ended) {
        throw new IllegalStateException("It did not end by itself:\n" + printed);
      }
      return new Run(process.exitValue(), printed);
    } finally {
      Files.delete(output);
    }
  }
}
