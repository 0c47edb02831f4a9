package dev.sotto.homeserver.accountdata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Whom users want to hear nothing from.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#ignoring-users
public final class IgnoredUsers {
  private static final int CACHED = 20_000;

  private final AccountData accountData;
  private final Cache<UserId, Set<UserId>> ignored =
      Caffeine.newBuilder().maximumSize(CACHED).build();

  public IgnoredUsers(AccountData accountData) {
    this.accountData = accountData;
    accountData.listen(
        (user, type) -> {
          if (type.equals(AccountData.IGNORED_USERS)) {
            ignored.invalidate(user);
          }
        });
  }

  /// The users that `user` ignores.
  public Set<UserId> of(UserId user) {
    return ignored.get(user, this::load);
  }

  private Set<UserId> load(UserId user) {
    return accountData
        .find(user, AccountData.IGNORED_USERS)
        .map(event -> read(event.json()))
        .orElse(Set.of());
  }

  private static Set<UserId> read(ObjectNode content) {
    Set<UserId> users = new HashSet<>();
    if (content.get("ignored_users") instanceof ObjectNode listed) {
      for (String id : listed.propertyNames()) {
        try {
          users.add(new UserId(id));
        } catch (MatrixException _) {
          // The list is the client's; a name that is no user's ignores nobody.
        }
      }
    }
    return Set.copyOf(users);
  }
}
