package dev.sotto.client.encryption.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sotto.client.encryption.request.OutgoingRequest.BackupCreate;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.engine.BackupDecryption;
import dev.sotto.client.engine.BackupKey;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The backup that is to be made, which is offered until the server has it.
final class NewBackup {
  private static final String CREATING = "creating";

  private final CryptoStore store;
  private final BackupSigners signers;
  private final RequestIds ids;
  private @Nullable BackupCreate underWay;

  NewBackup(CryptoStore store, BackupSigners signers, RequestIds ids) {
    this.store = store;
    this.signers = signers;
    this.ids = ids;
  }

  /// Makes its key, which is here from now on.
  ///
  /// @param too what is to be kept together with that
  void make(Change too) {
    try (BackupDecryption made = BackupDecryption.create();
        BackupKey key = made.key()) {
      byte[] name = made.publicKey().base64().getBytes(US_ASCII);
      store.apply(
          List.of(
              PrivateBackupKeys.put(key),
              new Change.Put(Shelf.STATE, KeyBackup.GROUP, CREATING, name),
              too));
    }
    underWay = null;
  }

  /// Its public key in base64, if there is one to be made.
  Optional<String> publicKey() {
    return store
        .get(Shelf.STATE, KeyBackup.GROUP, CREATING)
        .map(name -> new String(name, US_ASCII));
  }

  /// What is to be changed when there is none to be made any more.
  static Change done() {
    return new Change.Delete(Shelf.STATE, KeyBackup.GROUP, CREATING);
  }

  /// The request that makes it, if there is one and it is not under way.
  Optional<BackupCreate> request() {
    Optional<String> publicKey = publicKey();
    if (publicKey.isEmpty() || underWay != null) {
      return Optional.empty();
    }
    ObjectNode authData = Json.object().put("public_key", publicKey.get());
    signers.sign(authData);
    ObjectNode body = Json.object().put("algorithm", BackupVersion.ALGORITHM);
    body.set("auth_data", authData);
    BackupCreate request = new BackupCreate(ids.next(), body);
    underWay = request;
    return Optional.of(request);
  }

  /// Its request is not under way any more.
  ///
  /// @return false if it was not
  boolean ended(BackupCreate request) {
    boolean was = request.equals(underWay);
    if (was) {
      underWay = null;
    }
    return was;
  }
}
