package dev.sotto.homeserver.sync;

import dev.sotto.protocol.json.RawJson;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// One event of an answer, which writes itself.
@FunctionalInterface
interface Fragment {
  void write(JsonGenerator out);

  /// An event that has a type and a content alone; the content is `json`.
  static Fragment of(String type, byte[] json) {
    return out -> {
      out.writeStartObject();
      out.writeName("content");
      out.writeRawValue(new RawJson(json));
      out.writeStringProperty("type", type);
      out.writeEndObject();
    };
  }

  /// An event that has a type and a content alone.
  static Fragment of(String type, JsonNode content) {
    return out -> {
      out.writeStartObject();
      out.writeName("content");
      out.writePOJO(content);
      out.writeStringProperty("type", type);
      out.writeEndObject();
    };
  }
}
