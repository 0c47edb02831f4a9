package dev.sotto.client;

/// What of the news is asked for, as JSON.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#filtering
final class SyncFilter {
  private SyncFilter() {}

  /// As it usually is.
  ///
  /// @param presence whether anybody wants to hear of it
  static String usual(boolean presence) {
    return of(50, presence, "");
  }

  /// For when an answer is longer than what is read: the rest of what was said is fetched as that
  /// of a long absence is.
  static String frugal() {
    return of(1, false, "\"ephemeral\":{\"not_types\":[\"*\"]},");
  }

  /// Members come when they say something; nobody's presence is asked for unless somebody hears of
  /// it. Of the state only what is kept here: who makes a room can fill it with any amount of other
  /// state.
  private static String of(int events, boolean presence, String further) {
    return """
        {%s"room":{%s"state":{"lazy_load_members":true,"types":["%s"]},\
        "timeline":{"limit":%d,"lazy_load_members":true}}}"""
        .formatted(
            presence ? "" : "\"presence\":{\"not_types\":[\"*\"]},",
            further,
            String.join("\",\"", RoomFacts.STATE),
            events);
  }
}
