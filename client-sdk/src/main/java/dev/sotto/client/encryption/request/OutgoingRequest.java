package dev.sotto.client.encryption.request;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import tools.jackson.databind.node.ObjectNode;

/// Something that is to be sent to the server, whose answer the machine wants to hear.
public sealed interface OutgoingRequest {
  /// Its name towards the machine, and its transaction id where it has one. It stays the same when
  /// the request is handed out again, also by a later process.
  String id();

  /// The JSON to send; empty for a `GET`, which has none.
  ObjectNode body();

  /// `POST /_matrix/client/v3/keys/upload`. To be sent once: where it is not known whether it
  /// arrived, that is said instead, and the next request makes up for it.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysupload
  record KeysUpload(String id, ObjectNode body) implements OutgoingRequest {}

  /// `POST /_matrix/client/v3/keys/query`. May be repeated.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysquery
  record KeysQuery(String id, ObjectNode body) implements OutgoingRequest {}

  /// `POST /_matrix/client/v3/keys/claim`. If its answer is lost, the keys in it are; it may be
  /// repeated.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysclaim
  record KeysClaim(String id, ObjectNode body) implements OutgoingRequest {}

  /// `PUT /_matrix/client/v3/sendToDevice/{eventType}/{txnId}`; the id is the transaction's. It is
  /// kept until it is said to be sent, so it may be repeated, and is by the next process.
  ///
  /// @spec
  ///   https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3sendtodeviceeventtypetxnid
  record ToDevice(String id, String eventType, ObjectNode body) implements OutgoingRequest {}

  /// `POST /_matrix/client/v3/keys/device_signing/upload`, which needs user-interactive
  /// authentication of whoever sends it.
  ///
  /// @spec
  ///   https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysdevice_signingupload
  record CrossSigningUpload(String id, ObjectNode body) implements OutgoingRequest {}

  /// `POST /_matrix/client/v3/keys/signatures/upload`. May be repeated.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keyssignaturesupload
  record SignaturesUpload(String id, ObjectNode body) implements OutgoingRequest {}

  /// `PUT /_matrix/client/v3/room_keys/keys?version=`. May be repeated.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3room_keyskeys
  record BackupKeys(String id, String version, ObjectNode body) implements OutgoingRequest {}

  /// `GET /_matrix/client/v3/room_keys/version`: which backup there is. `M_NOT_FOUND` says that
  /// there is none. May be repeated.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keysversion
  record BackupVersionQuery(String id) implements OutgoingRequest {
    @Override
    public ObjectNode body() {
      return Json.object();
    }
  }

  /// `POST /_matrix/client/v3/room_keys/version`: begins a new backup. If its answer is lost, that
  /// is said, and the server is asked what came of it.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3room_keysversion
  record BackupCreate(String id, ObjectNode body) implements OutgoingRequest {}

  /// `GET /_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}?version=`: one key from the
  /// backup. `M_NOT_FOUND` says that it is not there. May be repeated.
  ///
  /// @spec
  ///   https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keyskeysroomidsessionid
  record BackupKeyQuery(String id, String version, RoomId room, String sessionId)
      implements OutgoingRequest {
    @Override
    public ObjectNode body() {
      return Json.object();
    }
  }

  /// `PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}`: a message of a verification
  /// in a room, in the clear as given; whoever sends it encrypts it where the room is encrypted.
  record RoomMessage(String id, RoomId room, String eventType, ObjectNode body)
      implements OutgoingRequest {}
}
