package dev.sotto.homeserver.http;

/// Answers one kind of request.
@FunctionalInterface
public interface Handler {
  /// The answer: a [Response], or a record, map, tree or [JsonBody] to send as JSON with status
  /// 200.
  Object handle(Request request) throws Exception;
}
