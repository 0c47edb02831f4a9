package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.filters.EventFields;
import dev.sotto.homeserver.filters.Filter;
import dev.sotto.homeserver.rooms.EventView;
import dev.sotto.protocol.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// How a client wants events of rooms written.
record EventForm(@Nullable EventFields fields, boolean federation) {

  static EventForm of(Filter filter) {
    return new EventForm(filter.eventFields(), filter.federationFormat());
  }

  Fragment of(EventView view) {
    if (fields == null && !federation) {
      return view::writeInRoom;
    }
    ObjectNode tree =
        federation ? view.event().event().json() : Json.parseObject(view.bytes(false));
    ObjectNode shown = fields == null ? tree : fields.keep(tree);
    return out -> out.writePOJO(shown);
  }
}
