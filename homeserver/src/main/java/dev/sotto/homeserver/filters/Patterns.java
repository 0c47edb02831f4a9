package dev.sotto.homeserver.filters;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Event types, in which `*` stands for any sequence of characters.
final class Patterns {
  private final Set<String> exact = new HashSet<>();
  private final List<String> wild;

  Patterns(List<String> patterns) {
    wild = patterns.stream().filter(p -> p.indexOf('*') >= 0).toList();
    patterns.stream().filter(p -> p.indexOf('*') < 0).forEach(exact::add);
  }

  boolean match(String type) {
    if (exact.contains(type)) {
      return true;
    }
    for (String pattern : wild) {
      if (match(pattern, type)) {
        return true;
      }
    }
    return false;
  }

  // Goes back to the last star only, so the cost stays within pattern times text.
  private static boolean match(String pattern, String text) {
    int p = 0;
    int star = -1;
    int resume = 0;
    for (int t = 0; t < text.length(); ) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = t;
      } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
