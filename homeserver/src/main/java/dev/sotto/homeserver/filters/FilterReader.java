package dev.sotto.homeserver.filters;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the members of a filter; an ill-typed one is `M_BAD_JSON`, with its name in the message.
///
/// @param at where in the definition this object stands
record FilterReader(String at, ObjectNode json) {
  private static final int MAX_ENTRIES = 1_000;

  /// A filter that says nothing.
  static FilterReader of(String at) {
    return new FilterReader(at, Json.object());
  }

  /// The object `name`; one that is absent says nothing.
  FilterReader object(String name) {
    return switch (json.get(name)) {
      case null -> of(at + "." + name);
      case ObjectNode object -> new FilterReader(at + "." + name, object);
      case JsonNode _ -> throw wrong(name, "an object");
    };
  }

  @Nullable Boolean flag(String name) {
    JsonNode value = json.get(name);
    if (value == null) {
      return null;
    }
    if (!value.isBoolean()) {
      throw wrong(name, "true or false");
    }
    return value.booleanValue();
  }

  @Nullable String string(String name) {
    JsonNode value = json.get(name);
    if (value == null) {
      return null;
    }
    if (!value.isString()) {
      throw wrong(name, "a string");
    }
    return value.stringValue();
  }

  /// A number of events. The spec wants more than 0, but clients say 0 when they want none.
  @Nullable Integer limit(String name) {
    JsonNode value = json.get(name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber() || value.bigIntegerValue().signum() < 0) {
      throw wrong(name, "a whole number, not negative");
    }
    return value.canConvertToInt() ? value.intValue() : Integer.MAX_VALUE;
  }

  @Nullable List<String> strings(String name) {
    JsonNode value = json.get(name);
    if (value == null) {
      return null;
    }
    if (!value.isArray() || value.size() > MAX_ENTRIES) {
      throw wrong(name, "a list of at most " + MAX_ENTRIES + " strings");
    }
    List<String> strings = new ArrayList<>(value.size());
    for (JsonNode element : value) {
      if (!element.isString()) {
        throw wrong(name, "a list of strings");
      }
      strings.add(element.stringValue());
    }
    return List.copyOf(strings);
  }

  @Nullable Patterns patterns(String name) {
    List<String> strings = strings(name);
    return strings == null ? null : new Patterns(strings);
  }

  <T> @Nullable Set<T> ids(String name, Function<String, T> id) {
    List<String> strings = strings(name);
    if (strings == null) {
      return null;
    }
    Set<T> ids = HashSet.newHashSet(strings.size());
    try {
      strings.forEach(string -> ids.add(id.apply(string)));
    } catch (MatrixException e) {
      throw MatrixException.badJson("'" + at + "." + name + "' is wrong: " + e.getMessage());
    }
    return Set.copyOf(ids);
  }

  private MatrixException wrong(String name, String expected) {
    return MatrixException.badJson("'" + at + "." + name + "' must be " + expected + ".");
  }
}
