package dev.sotto.client.terminal.demo;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Looks for words in all bytes of a folder, also as they would stand there in other encodings.
final class Traces {
  private static final List<Charset> CHARSETS =
      List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE);
  private static final int BASE64_PHASES = 3;

  private long bytes;
  private int files;

  /// Which words stand in which files.
  ///
  /// @param words at least eight characters each, else they would be found by chance
  Map<String, String> find(Path folder, List<String> words) throws IOException {
    Map<String, String> found = new TreeMap<>();
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.filter(Files::isRegularFile).toList();
    }
    bytes = 0;
    files = all.size();
    for (Path file : all) {
      byte[] content = Files.readAllBytes(file);
      bytes += content.length;
      for (String word : words) {
        for (byte[] form : forms(word)) {
          if (contains(content, form)) {
            found.put(word, folder.relativize(file).toString());
          }
        }
      }
    }
    return found;
  }

  /// How many bytes were looked at last.
  long bytes() {
    return bytes;
  }

  /// In how many files.
  int files() {
    return files;
  }

  /// The ways in which a word may stand in a file: as text, and in base64, where it begins at any
  /// of three places of a group.
  static List<byte[]> forms(String word) {
    List<byte[]> forms = new ArrayList<>();
    for (Charset charset : CHARSETS) {
      forms.add(word.getBytes(charset));
    }
    byte[] text = word.getBytes(StandardCharsets.UTF_8);
    for (int phase = 0; phase < BASE64_PHASES; phase++) {
      byte[] shifted = new byte[phase + text.length];
      System.arraycopy(text, 0, shifted, phase, text.length);
      // Only the characters that hold bits of the word and of nothing else.
      int first = (phase * 8 + 5) / 6;
      int last = shifted.length * 8 / 6;
      byte[] plain = Base64.getEncoder().withoutPadding().encode(shifted);
      byte[] form = Arrays.copyOfRange(plain, first, last);
      forms.add(form);
      String urlSafe = new String(form, StandardCharsets.US_ASCII);
      forms.add(urlSafe.replace('+', '-').replace('/', '_').getBytes(StandardCharsets.US_ASCII));
    }
    return forms;
  }

  static boolean contains(byte[] content, byte[] form) {
    int last = content.length - form.length;
    for (int i = 0; i <= last; i++) {
      if (content[i] == form[0] && matches(content, i, form)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(byte[] content, int at, byte[] form) {
    return Arrays.equals(content, at, at + form.length, form, 0, form.length);
  }
}
