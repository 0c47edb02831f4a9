package dev.sotto.homeserver.blindness;

/// That a piece of JSON is not what its [Shape] asks for; it says where and why.
final class Misfit extends RuntimeException {
  private final String where;
  private final String why;

  /// @param why goes on from the place, for example `must be a string`; never quotes the value
  Misfit(String why) {
    this("", why);
  }

  private Misfit(String where, String why) {
    super(why, null, false, false);
    this.where = where;
    this.why = why;
  }

  /// The same, seen from the object or list that `name` is a member of.
  Misfit inside(String name) {
    return new Misfit(where.isEmpty() ? name : name + "." + where, why);
  }

  /// For example `'m.relates_to.event_id' must be an event id`.
  String sentence() {
    return (where.isEmpty() ? "the content" : "'" + where + "'") + " " + why;
  }
}
