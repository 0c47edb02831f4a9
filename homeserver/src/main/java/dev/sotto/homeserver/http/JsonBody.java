package dev.sotto.homeserver.http;

import tools.jackson.core.JsonGenerator;

/// A JSON answer that writes itself, so that stored bytes can be spliced in unparsed.
@FunctionalInterface
public interface JsonBody {
  void write(JsonGenerator out);
}
