package dev.sotto.homeserver.app.settings;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// How one kind of value is read: from what a YAML file holds, or from one line of text.
///
/// @param expectation completes "this is not ..." for people
/// @param lexer makes of a flag or variable what YAML would have made of the same value
/// @param reader empty where the value is of another kind
/// @param <T> what it is read into
record Kind<T>(
    String expectation, Function<String, Object> lexer, Function<Object, Optional<T>> reader) {

  private static final Map<String, Object> FLAGS = Map.of("true", true, "false", false);
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  /// `true` or `false`, nothing else.
  static Kind<Boolean> flag() {
    return new Kind<>(
        "true or false",
        text -> FLAGS.getOrDefault(text, text),
        value -> value instanceof Boolean flag ? Optional.of(flag) : Optional.empty());
  }

  /// A whole number within bounds, both included.
  static Kind<Integer> whole(int min, int max) {
    return new Kind<>(
        "a whole number from " + min + " to " + max,
        Kind::lexNumber,
        value ->
            value instanceof Integer number && number >= min && number <= max
                ? Optional.of(number)
                : Optional.empty());
  }

  /// A decimal number above zero.
  static Kind<Double> positive() {
    return new Kind<>(
        "a number above 0",
        Kind::lexNumber,
        value ->
            value instanceof Number number && number.doubleValue() > 0
                ? Optional.of(number.doubleValue())
                : Optional.empty());
  }

  /// Any text that is not empty. A whole number is taken as its digits: `default_version: 12`.
  static Kind<String> text() {
    return new Kind<>("a text", text -> text, Kind::readText);
  }

  /// A text that may be left empty, which means that there is none.
  static Kind<Optional<String>> optionalText() {
    return optional(text());
  }

  static Kind<Optional<URI>> optionalAddress() {
    return optional(
        new Kind<>(
            "an address that begins with https:// or http://",
            text -> text,
            value -> readText(value).flatMap(Kind::parseAddress)));
  }

  static Kind<Optional<Path>> optionalPath() {
    return optional(path());
  }

  static Kind<Path> path() {
    return new Kind<>("a path", text -> text, value -> readText(value).flatMap(Kind::parsePath));
  }

  /// One of these texts.
  static Kind<String> oneOf(List<String> choices) {
    return new Kind<>(
        "one of " + String.join(", ", choices),
        text -> text,
        value -> readText(value).filter(choices::contains));
  }

  static Kind<Optional<UserId>> optionalUserId() {
    return optional(
        new Kind<>(
            "a user id, such as @admin:example.org",
            text -> text,
            value -> readText(value).flatMap(Kind::parseUserId)));
  }

  static Kind<ServerName> serverName() {
    return new Kind<>(
        "a server name, such as example.org or example.org:8448",
        text -> text,
        value -> readText(value).flatMap(Kind::parseServerName));
  }

  /// A length of time: a number and its unit, such as `30s` or `24h`.
  static Kind<Duration> duration() {
    return new Kind<>(
        "a length of time such as 500ms, 30s, 5m, 24h or 7d",
        text -> text,
        value -> readText(value).flatMap(Kind::parseDuration));
  }

  /// One of an enum's names, in lower case.
  static <E extends Enum<E>> Kind<E> choice(Class<E> type) {
    return new Kind<>(
        "one of "
            + Arrays.stream(type.getEnumConstants())
                .map(Kind::choiceName)
                .collect(Collectors.joining(", ")),
        text -> text,
        value ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> choiceName(constant).equals(value))
                .findFirst());
  }

  /// A list of values; in a flag or variable they are parted by commas.
  static <T> Kind<List<T>> list(Kind<T> element) {
    return new Kind<>(
        "a list, each element of it " + element.expectation,
        text ->
            text.isBlank()
                ? List.of()
                : Arrays.stream(text.split(",")).map(String::strip).map(element.lexer).toList(),
        value ->
            value instanceof List<?> list ? readElements(list, element.reader) : Optional.empty());
  }

  private static <T> Kind<Optional<T>> optional(Kind<T> kind) {
    return new Kind<>(
        kind.expectation + ", or empty",
        kind.lexer,
        value ->
            value.equals("")
                ? Optional.of(Optional.empty())
                : kind.reader.apply(value).flatMap(read -> Optional.of(Optional.of(read))));
  }

  private static <T> Optional<List<T>> readElements(
      List<?> values, Function<Object, Optional<T>> reader) {
    List<T> read = new ArrayList<>();
    for (Object value : values) {
      Optional<T> element = value == null ? Optional.empty() : reader.apply(value);
      if (element.isEmpty()) {
        return Optional.empty();
      }
      read.add(element.get());
    }
    return Optional.of(List.copyOf(read));
  }

  private static Optional<String> readText(Object value) {
    return switch (value) {
      case String text when !text.isEmpty() -> Optional.of(text);
      case Integer number -> Optional.of(number.toString());
      default -> Optional.empty();
    };
  }

  private static Object lexNumber(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException notWhole) {
      try {
        return Double.valueOf(text);
      } catch (NumberFormatException notANumber) {
        return text;
      }
    }
  }

  private static Optional<URI> parseAddress(String text) {
    try {
      URI address = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      boolean web = "https".equals(address.getScheme()) || "http".equals(address.getScheme());
      return web && address.getHost() != null ? Optional.of(address) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> parsePath(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<ServerName> parseServerName(String text) {
    try {
      return Optional.of(new ServerName(text));
    } catch (MatrixException e) {
      return Optional.empty();
    }
  }

  private static Optional<UserId> parseUserId(String text) {
    try {
      return Optional.of(new UserId(text));
    } catch (MatrixException e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        });
  }

  private static String choiceName(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
