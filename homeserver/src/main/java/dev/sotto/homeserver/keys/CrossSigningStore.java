package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.db.Dialect;
import dev.sotto.homeserver.keys.CrossSigningKey.Usage;
import dev.sotto.protocol.json.Json;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/// The tables `cross_signing_keys` and `user_signatures`.
final class CrossSigningStore {
  private static final String OF_USERS =
      """
      SELECT k.user_number, k.usage, k.public_key, k.json
      FROM UNNEST(CAST(:users AS BIGINT ARRAY)) AS u (number)
      JOIN cross_signing_keys k ON k.user_number = u.number
      """;
  private static final String DELETE =
      "DELETE FROM cross_signing_keys WHERE user_number = ? AND usage = ?";
  private static final String SIGNATURES =
      """
      SELECT s.target_number, s.master_key, s.signing_key_id, s.signature
      FROM UNNEST(CAST(:targets AS BIGINT ARRAY)) AS u (number)
      JOIN user_signatures s ON s.signer_number = :signer AND s.target_number = u.number
      """;

  /// What a user says of another's master key.
  record UserSignature(String masterKey, String signingKeyId, String signature) {}

  private final String put;
  private final String putSignature;

  CrossSigningStore(Dialect dialect) {
    put = dialect.upsert("cross_signing_keys", "user_number, usage", "public_key, json");
    putSignature =
        dialect.upsert(
            "user_signatures",
            "signer_number, target_number",
            "master_key, signing_key_id, signature");
  }

  Map<Long, Map<Usage, CrossSigningKey>> ofUsers(Handle handle, Collection<Long> users) {
    Map<Long, Map<Usage, CrossSigningKey>> found = new HashMap<>();
    handle
        .createQuery(OF_USERS)
        .bindArray("users", Long.class, users)
        .map(
            (row, _) -> {
              Usage usage = Usage.named(row.getString(2));
              return found
                  .computeIfAbsent(row.getLong(1), _ -> new EnumMap<>(Usage.class))
                  .put(
                      usage,
                      new CrossSigningKey(
                          usage, row.getString(3), Json.parseObject(row.getString(4))));
            })
        .forEach(_ -> {});
    return found;
  }

  Map<Usage, CrossSigningKey> ofUser(Handle handle, long user) {
    return ofUsers(handle, List.of(user)).getOrDefault(user, Map.of());
  }

  void put(Handle handle, long user, CrossSigningKey key) {
    handle
        .createUpdate(put)
        .bind("user_number", user)
        .bind("usage", key.usage().wireName())
        .bind("public_key", key.publicKey())
        .bind("json", key.json().toString())
        .execute();
  }

  void delete(Handle handle, long user, Usage usage) {
    handle.execute(DELETE, user, usage.wireName());
  }

  /// What `signer` says of the master keys of these users, by user.
  Map<Long, UserSignature> signatures(Handle handle, long signer, Collection<Long> targets) {
    Map<Long, UserSignature> found = new HashMap<>();
    handle
        .createQuery(SIGNATURES)
        .bind("signer", signer)
        .bindArray("targets", Long.class, targets)
        .map(
            (row, _) ->
                found.put(
                    row.getLong(1),
                    new UserSignature(row.getString(2), row.getString(3), row.getString(4))))
        .forEach(_ -> {});
    return found;
  }

  void putSignature(Handle handle, long signer, long target, UserSignature signature) {
    handle
        .createUpdate(putSignature)
        .bind("signer_number", signer)
        .bind("target_number", target)
        .bind("master_key", signature.masterKey)
        .bind("signing_key_id", signature.signingKeyId)
        .bind("signature", signature.signature)
        .execute();
  }

  void deleteSignaturesBy(Handle handle, long signer) {
    handle.execute("DELETE FROM user_signatures WHERE signer_number = ?", signer);
  }

  void deleteSignaturesOf(Handle handle, long target) {
    handle.execute("DELETE FROM user_signatures WHERE target_number = ?", target);
  }
}
