package dev.sotto.client.terminal.demo;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.BuiltServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The demonstration against the server as it was built.
class DemoTest {
  @TempDir Path folder;

  @Test
  void allOfItHolds() throws Exception {
    Path jar = BuiltServer.jar();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean held = new Demo(jar, out).run();
    String story = out.toString(StandardCharsets.UTF_8);
    assertTrue(held, story);
    assertFalse(story.contains("BROKEN"), story);
  }

  @Test
  void interruptionIsNotToldAsAFailure() throws IOException {
    Path jar = BuiltServer.jar();
    Path temporary = Files.createDirectory(folder.resolve("interrupted"));
    Cleanup cleanup = new Cleanup(temporary);
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void flush() {
            if (toString(StandardCharsets.UTF_8).contains("make accounts")) {
              cleanup.close();
            }
          }
        };
    assertThrows(InterruptedException.class, () -> new Demo(jar, out).run(cleanup));
    assertFalse(Files.exists(temporary));
  }

  @Test
  void whatDoesNotHoldIsSaidInTheEnd() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Report report = new Report(out);
    report.check("Two and two are four.", true);
    report.check("Two and two are five.", false);
    assertFalse(report.conclude());
    String story = out.toString(StandardCharsets.UTF_8);
    assertTrue(story.contains("1 of 2 did not hold:\n  Two and two are five."), story);
  }

  @Test
  void whatIsAddedAfterTheEndIsClosedAtOnce() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("demo"));
    Files.writeString(Files.createDirectory(temporary.resolve("data")).resolve("db"), "x");
    boolean[] closed = new boolean[2];
    Cleanup cleanup = new Cleanup(temporary);
    try {
      cleanup.add(() -> closed[0] = true);
      cleanup.close();
      cleanup.add(() -> closed[1] = true);
    } catch (Exception e) {
      assertTrue(e instanceof InterruptedException, e.toString());
    }
    assertTrue(closed[0] && closed[1]);
    assertFalse(Files.exists(temporary));
  }
}
