package dev.sotto.client.event;

/// A message of a kind that has no record of its own.
///
/// @param kind its `msgtype`, such as `m.location`
/// @param text what it says to those who do not know its kind
public record OtherMessage(Envelope envelope, String kind, String text) implements Message {
  /// Without the words.
  @Override
  public String toString() {
    return kind + " " + id();
  }
}
