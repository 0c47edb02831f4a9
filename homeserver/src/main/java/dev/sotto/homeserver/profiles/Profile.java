package dev.sotto.homeserver.profiles;

import dev.sotto.protocol.json.Json;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A user's profile at one moment: its fields in the order of their names. The values are not to be
/// changed.
public record Profile(Map<String, JsonNode> fields) {
  public static final String DISPLAY_NAME = "displayname";
  public static final String AVATAR_URL = "avatar_url";

  /// The profile of whoever has set nothing.
  public static final Profile EMPTY = new Profile(Map.of());

  public Profile {
    fields = Collections.unmodifiableMap(new TreeMap<>(fields));
  }

  public @Nullable String displayName() {
    return text(DISPLAY_NAME);
  }

  public @Nullable String avatarUrl() {
    return text(AVATAR_URL);
  }

  private @Nullable String text(String field) {
    JsonNode value = fields.get(field);
    return value == null ? null : value.stringValue(null);
  }

  Profile with(String field, JsonNode value) {
    Map<String, JsonNode> changed = new TreeMap<>(fields);
    changed.put(field, value);
    return new Profile(changed);
  }

  Profile without(String field) {
    Map<String, JsonNode> changed = new TreeMap<>(fields);
    changed.remove(field);
    return new Profile(changed);
  }

  /// The size of its JSON.
  int sizeBytes() {
    return Json.bytes(fields).length;
  }
}
