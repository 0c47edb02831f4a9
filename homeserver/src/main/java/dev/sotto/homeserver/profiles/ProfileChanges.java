package dev.sotto.homeserver.profiles;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.rooms.MembershipChanges;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Changes profiles, and shows a changed name or picture in the rooms that its user is in.
public final class ProfileChanges {
  private final Profiles profiles;
  private final MembershipChanges memberships;

  // One change of a user at a time, or an older name could reach a room after the newer one.
  private final Cache<UserId, ReentrantLock> locks = Caffeine.newBuilder().weakValues().build();

  public ProfileChanges(Profiles profiles, MembershipChanges memberships) {
    this.profiles = profiles;
    this.memberships = memberships;
  }

  /// Sets a field to the member of `body` that has its name.
  ///
  /// An empty name or picture takes the field away, as clients do who have no other way.
  ///
  /// @throws MatrixException `M_MISSING_PARAM` without that member, `M_BAD_JSON` or
  ///   `M_INVALID_PARAM` if the field cannot have the value, `M_PROFILE_TOO_LARGE`
  public void set(UserId user, ProfileField field, ObjectNode body) {
    JsonNode value = body.get(field.name());
    if (value == null) {
      throw new MatrixException(
          ErrorCode.M_MISSING_PARAM, "The field '" + field.name() + "' is missing.");
    }
    field.check(value);
    boolean emptied = field.isShownInRooms() && value.stringValue("").isEmpty();
    change(user, field, emptied ? null : value);
  }

  /// Takes a field away; nothing happens if there is none.
  public void delete(UserId user, ProfileField field) {
    change(user, field, null);
  }

  private void change(UserId user, ProfileField field, @Nullable JsonNode value) {
    ReentrantLock lock = locks.get(user, _ -> new ReentrantLock());
    lock.lock();
    try {
      profiles.change(user, field, value);
      if (field.isShownInRooms()) {
        // Also where nothing changed: the last try may have been cut short before all rooms knew.
        memberships.profileChanged(user);
      }
    } finally {
      lock.unlock();
    }
  }
}
