package dev.sotto.homeserver.filters;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.crypto.Sha256;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The filters that users uploaded. A filter never changes; the same definition has the same id.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#filtering
public final class Filters {
  private static final int MAX_BYTES = 65_536;
  private static final int MAX_PER_USER = 1000;
  private static final int MAX_ID_LENGTH = 64;
  private static final int CACHED = 10_000;

  private record Key(UserId user, String filterId) {}

  private final FilterStore store;
  private final Journal journal;
  private final Users users;
  private final Cache<Key, Filter> filters = Caffeine.newBuilder().maximumSize(CACHED).build();

  public Filters(Database database, Journal journal, Users users) {
    this.store = new FilterStore(database);
    this.journal = journal;
    this.users = users;
  }

  /// Keeps a filter and returns its id.
  ///
  /// @throws MatrixException `M_BAD_JSON` if it is ill-formed, `M_TOO_LARGE` above 64 KiB,
  ///   `M_RESOURCE_LIMIT_EXCEEDED` if there are too many others
  public String define(UserId user, ObjectNode definition) {
    byte[] json = Json.bytes(definition);
    if (json.length > MAX_BYTES) {
      throw MatrixException.tooLarge("A filter must not be larger than 64 KiB.");
    }
    Filter filter = Filter.of(definition);
    String id = id(json);
    long number = users.number(user);
    if (store.find(number, id).isEmpty()) {
      journal.write(
          transaction -> {
            if (!store.insertIfAbsent(transaction, number, id, json, MAX_PER_USER)) {
              throw new MatrixException(
                  ErrorCode.M_RESOURCE_LIMIT_EXCEEDED,
                  "There can be at most " + MAX_PER_USER + " filters.");
            }
            return id;
          });
    }
    filters.put(new Key(user, id), filter);
    return id;
  }

  /// The definition of a filter, as it was uploaded.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if the user has no such filter
  public ObjectNode definition(UserId user, String filterId) {
    if (filterId.length() > MAX_ID_LENGTH) {
      throw unknown();
    }
    return users
        .knownNumber(user)
        .flatMap(number -> store.find(number, filterId))
        .map(Json::parseObject)
        .orElseThrow(Filters::unknown);
  }

  /// The filter that a `filter` query parameter means: an id, or a definition given inline; null
  /// wants everything.
  ///
  /// @throws MatrixException `M_NOT_FOUND` for an unknown id, `M_NOT_JSON` or `M_BAD_JSON` for an
  ///   ill-formed definition
  public Filter resolve(UserId user, @Nullable String parameter) {
    if (parameter == null || parameter.isEmpty()) {
      return Filter.ALL;
    }
    if (parameter.startsWith("{")) {
      return Filter.of(Json.parseObject(parameter));
    }
    return filters.get(new Key(user, parameter), key -> Filter.of(definition(user, key.filterId)));
  }

  private static String id(byte[] json) {
    return UnpaddedBase64.encodeUrlSafe(Sha256.of(json)).substring(0, 22);
  }

  private static MatrixException unknown() {
    return MatrixException.notFound("There is no such filter.");
  }
}
