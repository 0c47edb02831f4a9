package dev.sotto.client.encryption;

import tools.jackson.databind.node.ObjectNode;

/// Something that is to be sent to the server, whose answer the machine wants to hear.
public sealed interface OutgoingRequest {
  /// Its name towards the machine, unique in a process.
  long id();

  /// The JSON to send.
  ObjectNode body();

  /// `POST /_matrix/client/v3/keys/upload`. To be sent once: where it is not known whether it
  /// arrived, that is said instead, and the next request makes up for it.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysupload
  record KeysUpload(long id, ObjectNode body) implements OutgoingRequest {}

  /// `POST /_matrix/client/v3/keys/query`. May be repeated.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysquery
  record KeysQuery(long id, ObjectNode body) implements OutgoingRequest {}
}
