package dev.sotto.client.session;

import dev.sotto.protocol.error.MatrixException;
import tools.jackson.databind.node.ObjectNode;

/// One answer of `/sync`.
///
/// @param nextBatch the token of the place after it
/// @param content all of it, as received; nothing of its form is checked but `next_batch`
/// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync
public record SyncAnswer(String nextBatch, ObjectNode content) {
  private static final int LONGEST_TOKEN = 4096;

  static SyncAnswer of(ObjectNode answer) {
    String nextBatch = SavedSession.text(answer, "next_batch");
    if (nextBatch.isEmpty() || nextBatch.length() > LONGEST_TOKEN) {
      throw MatrixException.badJson("'next_batch' is empty or too long.");
    }
    return new SyncAnswer(nextBatch, answer);
  }
}
