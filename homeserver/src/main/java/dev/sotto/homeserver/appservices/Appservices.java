package dev.sotto.homeserver.appservices;

import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// All registered application services.
public final class Appservices {
  private final List<Appservice> all;
  private final Map<TokenHash, Appservice> byToken = new HashMap<>();
  private final Map<String, Appservice> byId = new HashMap<>();

  /// @throws IllegalArgumentException if two have the same id or token
  public Appservices(Collection<Appservice> all) {
    this.all = List.copyOf(all);
    for (Appservice service : all) {
      if (byId.put(service.id(), service) != null
          || byToken.put(service.asToken(), service) != null) {
        throw new IllegalArgumentException(
            "the id or as_token of '" + service.id() + "' is also another's");
      }
    }
  }

  public List<Appservice> all() {
    return all;
  }

  /// The service that calls by this token.
  public Optional<Appservice> byToken(String token) {
    return byToken.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(byToken.get(TokenHash.of(token)));
  }

  /// The service of this id.
  public Optional<Appservice> byId(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// Refuses a user id that is reserved for a service other than `service`, which may be null for
  /// none: `M_EXCLUSIVE`.
  public void checkFree(UserId user, @Nullable Appservice service) {
    for (Appservice other : all) {
      boolean reserved = other.reserves(other.users(), user.value()) || other.sender().equals(user);
      if (!other.equals(service) && reserved) {
        throw exclusive();
      }
    }
  }

  /// Refuses an alias that is reserved for a service other than `service`, which may be null for
  /// none: `M_EXCLUSIVE`.
  public void checkFree(RoomAlias alias, @Nullable Appservice service) {
    for (Appservice other : all) {
      if (!other.equals(service) && other.reserves(other.aliases(), alias.value())) {
        throw exclusive();
      }
    }
  }

  private static MatrixException exclusive() {
    return new MatrixException(
        ErrorCode.M_EXCLUSIVE, "This name is reserved for an application service.");
  }
}
