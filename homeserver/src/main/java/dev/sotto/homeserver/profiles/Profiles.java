package dev.sotto.homeserver.profiles;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.rooms.MemberProfiles;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Holds the profiles of this server's users.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#profiles
public final class Profiles implements MemberProfiles {
  private static final int MAX_PROFILE_BYTES = 65_536;
  private static final int CACHED = 50_000;
  // Another node may have changed a profile; this bounds for how long it is not noticed here.
  private static final Duration BELIEVED = Duration.ofMinutes(1);

  private final ProfileStore store;
  private final Journal journal;
  private final Users users;
  private final Cache<Long, Profile> cache =
      Caffeine.newBuilder().maximumSize(CACHED).expireAfterWrite(BELIEVED).build();

  public Profiles(Database database, Journal journal, Users users) {
    this.store = new ProfileStore(database);
    this.journal = journal;
    this.users = users;
  }

  /// A user's profile; empty for one who has set nothing, and for one whom nobody knows.
  public Profile read(UserId user) {
    return users
        .knownNumber(user)
        .map(number -> cache.get(number, store::read))
        .orElse(Profile.EMPTY);
  }

  @Override
  public MemberProfile of(UserId user) {
    Profile profile = read(user);
    return new MemberProfile(profile.displayName(), profile.avatarUrl());
  }

  /// Sets a field, or takes it away.
  ///
  /// @param value null takes it away
  void change(UserId user, ProfileField field, @Nullable JsonNode value) {
    long number = users.number(user);
    journal.change(transaction -> change(transaction, number, field.name(), value));
  }

  private void change(Transaction transaction, long user, String field, @Nullable JsonNode value) {
    Handle handle = transaction.handle();
    Profile before = store.read(handle, user);
    Profile after = value == null ? before.without(field) : before.with(field, value);
    if (after.sizeBytes() > MAX_PROFILE_BYTES) {
      throw new MatrixException(
          ErrorCode.M_PROFILE_TOO_LARGE, "A profile must not be larger than 64 KiB.");
    }
    if (value == null) {
      store.delete(handle, user, field);
    } else {
      store.put(handle, user, field, value);
    }
    if (field.equals(Profile.DISPLAY_NAME)) {
      String name = Objects.requireNonNullElse(after.displayName(), "");
      store.index(handle, user, Words.of(Words.fold(name)));
    }
    transaction.afterCommit(() -> cache.put(user, after));
  }

  /// Takes everything away, for an account that ends.
  public void erase(UserId user) {
    long number = users.number(user);
    journal.change(
        transaction -> {
          store.deleteAll(transaction.handle(), number);
          transaction.afterCommit(() -> cache.put(number, Profile.EMPTY));
        });
  }

  /// The users whose display name has a word with this beginning.
  Set<UserId> withWord(String prefix, int limit) {
    List<Long> numbers = store.withPrefix(prefix, limit);
    return numbers.stream().map(users::id).collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
