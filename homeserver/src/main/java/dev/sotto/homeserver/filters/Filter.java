package dev.sotto.homeserver.filters;

import dev.sotto.protocol.error.MatrixException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What of a sync a client wants.
///
/// @param eventFields the only fields of events wanted, or null for all
/// @param federationFormat whether events are wanted as servers send them to each other
/// @spec https://spec.matrix.org/v1.19/client-server-api/#filtering
public record Filter(
    @Nullable EventFields eventFields,
    boolean federationFormat,
    EventFilter presence,
    EventFilter accountData,
    RoomFilter room) {

  /// Wants everything.
  public static final Filter ALL = of(FilterReader.of("filter"));

  /// Reads a filter's definition.
  ///
  /// @throws MatrixException `M_BAD_JSON` if a member is ill-typed
  public static Filter of(ObjectNode json) {
    return of(new FilterReader("filter", json));
  }

  private static Filter of(FilterReader json) {
    return new Filter(
        EventFields.of(json.strings("event_fields")),
        isFederation(json.string("event_format")),
        new EventFilter(json.object("presence")),
        new EventFilter(json.object("account_data")),
        RoomFilter.of(json.object("room")));
  }

  private static boolean isFederation(@Nullable String format) {
    return switch (format) {
      case null -> false;
      case "client" -> false;
      case "federation" -> true;
      default ->
          throw MatrixException.badJson("A filter's 'event_format' is 'client' or 'federation'.");
    };
  }
}
