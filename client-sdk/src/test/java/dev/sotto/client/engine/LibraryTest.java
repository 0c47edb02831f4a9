package dev.sotto.client.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryTest {
  @Test
  void eachPlatformHasItsLibraryInTheJar() {
    for (Platform platform :
        List.of(
            Platform.of("Linux", "amd64"),
            Platform.of("Linux", "aarch64"),
            Platform.of("Mac OS X", "x86_64"),
            Platform.of("Mac OS X", "aarch64"),
            Platform.of("Windows 11", "amd64"))) {
      assertNotNull(
          Library.class.getClassLoader().getResource(platform.resource()), platform.resource());
    }
  }

  @Test
  void elsewhereEachUseSaysThatThereIsNone() {
    Library.Missing missing =
        assertInstanceOf(Library.Missing.class, Library.open(Platform.of("SunOS", "sparcv9")));
    assertEquals(
        "There is no encryption library for sunos on sparcv9: it is made for Linux, macOS and"
            + " Windows.",
        missing.message());
    Native function = new Native(missing.function("any", Native.signature("P(P)")));
    for (int i = 0; i < 2; i++) {
      EngineUnavailableException thrown =
          assertThrows(EngineUnavailableException.class, () -> function.pointer(1));
      assertEquals(missing.message(), thrown.getMessage());
    }
  }

  @Test
  void withoutNativeAccessTheSentenceSaysWhatToAdd(@TempDir Path folder)
      throws IOException, InterruptedException {
    Forked forked = Forked.run(TryEngine.class, folder, "--illegal-native-access=deny");
    assertEquals(3, forked.exitCode(), forked.output());
    assertTrue(
        forked
            .output()
            .contains(
                "Encryption needs native code: add --enable-native-access=ALL-UNNAMED to the java"
                    + " command"),
        forked.output());
  }

  @Test
  void withNativeAccessAllIsQuietAndNoFileStays(@TempDir Path folder)
      throws IOException, InterruptedException {
    Forked forked =
        Forked.run(
            TryEngine.class,
            folder,
            "--illegal-native-access=deny",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.io.tmpdir=" + folder);
    assertEquals("works\n", forked.output());
    assertEquals(0, forked.exitCode());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(
          List.of(), left.filter(file -> file.toString().contains("sotto-engine")).toList());
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path absent = folder.resolve("absent");
    Forked forked =
        Forked.run(
            TryEngine.class,
            folder,
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.io.tmpdir=" + absent);
    assertEquals(3, forked.exitCode(), forked.output());
    assertTrue(forked.output().contains("could not be written to " + absent), forked.output());
  }
}
