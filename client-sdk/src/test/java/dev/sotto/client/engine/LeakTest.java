package dev.sotto.client.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LeakTest {
  private static final int ROUNDS = 800;

  /// Java itself gives some 100 kB back meanwhile, so a leak of 200 bytes for each round is seen.
  /// The endurance run of the benchmarks finds the smallest.
  private static final long MAX_BYTES = 40_000;

  /// Interpreted, because the compilers' own memory would be larger than what is looked for.
  @Test
  @EnabledOnOs(OS.LINUX)
  void everyOperationGivesItsMemoryBack(@TempDir Path folder)
      throws IOException, InterruptedException {
    Forked forked =
        Forked.run(
            EveryOperation.class,
            folder,
            "--enable-native-access=ALL-UNNAMED",
            "-Xint",
            "-Xms24m",
            "-Xmx24m",
            "--",
            String.valueOf(ROUNDS));
    assertEquals(0, forked.exitCode(), forked.output());
    long grown = Long.parseLong(forked.output().strip());
    assertTrue(grown < MAX_BYTES, () -> "grew by " + grown + " bytes");
  }
}
