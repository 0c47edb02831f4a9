package dev.sotto.homeserver.profiles;

import java.text.Normalizer;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Takes text apart for searching: without case, and without the differences between characters
/// that look alike.
final class Words {
  private static final int MAX_WORDS = 32;
  private static final int MAX_LENGTH = 64;
  private static final Pattern BETWEEN = Pattern.compile("[^\\p{L}\\p{N}\\p{M}\\p{So}]+");

  private Words() {}

  /// The text as it is compared.
  static String fold(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT).strip();
  }

  /// The words of a folded text, each once.
  static Set<String> of(String folded) {
    Set<String> words = new LinkedHashSet<>();
    for (String word : BETWEEN.split(folded)) {
      if (!word.isEmpty() && words.size() < MAX_WORDS) {
        words.add(word.length() > MAX_LENGTH ? word.substring(0, MAX_LENGTH) : word);
      }
    }
    return words;
  }
}
