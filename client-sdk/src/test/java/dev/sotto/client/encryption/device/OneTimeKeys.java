package dev.sotto.client.encryption.device;

import dev.sotto.client.encryption.request.OutgoingRequest.KeysUpload;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a test does as the server of a device's keys.
public final class OneTimeKeys {
  private OneTimeKeys() {}

  /// Takes as many one-time keys of a device as it leaves with the server.
  ///
  /// @return the keys, by id
  public static ObjectNode leftBy(OwnAccount account) {
    Optional<KeysUpload> upload = account.upload();
    if (upload.isEmpty()) {
      account.heard(new KeyCounts(0, Optional.empty()));
      upload = account.upload();
    }
    KeysUpload request = upload.orElseThrow();
    account.sent(request);
    return request.body().withObjectProperty("one_time_keys");
  }
}
