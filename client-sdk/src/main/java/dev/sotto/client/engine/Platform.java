package dev.sotto.client.engine;

import java.util.Locale;
import java.util.Map;

/// An operating system and processor, and where the natives' jar holds the library for it.
record Platform(String system, String processor) {
  private static final Map<String, String> PROCESSORS =
      Map.of("amd64", "x86-64", "x86_64", "x86-64", "aarch64", "aarch64", "arm64", "aarch64");

  static Platform current() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  /// From the values of `os.name` and `os.arch`.
  static Platform of(String name, String architecture) {
    String lower = name.toLowerCase(Locale.ROOT);
    String system =
        lower.startsWith("windows")
            ? "win32"
            : lower.startsWith("mac") || lower.startsWith("darwin") ? "darwin" : lower;
    String known = architecture.toLowerCase(Locale.ROOT);
    return new Platform(system, PROCESSORS.getOrDefault(known, known));
  }

  /// Such as `natives/linux-x86-64/libvodozemac.so`.
  String resource() {
    return "natives/" + system + "-" + processor + "/" + fileName();
  }

  String fileName() {
    return switch (system) {
      case "win32" -> "vodozemac.dll";
      case "darwin" -> "libvodozemac.dylib";
      default -> "libvodozemac.so";
    };
  }
}
