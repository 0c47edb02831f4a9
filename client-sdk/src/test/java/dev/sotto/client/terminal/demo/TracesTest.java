package dev.sotto.client.terminal.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Words are found wherever they stand.
class TracesTest {
  private static final String WORDS = "under the blue flowerpot";

  @TempDir Path folder;

  private Map<String, String> found() throws IOException {
    return new Traces().find(folder, List.of(WORDS, "never written"));
  }

  @Test
  void textIsFoundInEachEncoding() throws IOException {
    for (Charset charset :
        List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      Files.write(folder.resolve("db"), ("it is " + WORDS + "!").getBytes(charset));
      assertEquals(Map.of(WORDS, "db"), found());
    }
  }

  @Test
  void base64IsFoundWhereverItBegins() throws IOException {
    for (String before : List.of("", "a", "ab", "abc")) {
      byte[] text = (before + WORDS + "?>~").getBytes(StandardCharsets.UTF_8);
      Files.write(folder.resolve("db"), Base64.getEncoder().encode(text));
      assertEquals(Map.of(WORDS, "db"), found(), before);
      Files.write(folder.resolve("db"), Base64.getUrlEncoder().encode(text));
      assertEquals(Map.of(WORDS, "db"), found(), before);
    }
  }

  @Test
  void otherWordsAreNotFound() throws IOException {
    Files.createDirectory(folder.resolve("media"));
    Files.writeString(folder.resolve("media/x"), "under the blue flower pot");
    assertEquals(Map.of(), found());
  }
}
