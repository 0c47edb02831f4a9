package dev.sotto.homeserver.app;

import dev.sotto.homeserver.logins.Deactivations;
import dev.sotto.homeserver.rooms.Membership;
import dev.sotto.homeserver.rooms.MembershipChanges;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a deactivated account out of its rooms, and turns down its invitations and knocks.
final class RoomDepartures implements Deactivations.Listener {
  private static final Logger log = LoggerFactory.getLogger(RoomDepartures.class);
  private static final Set<Membership> PRESENT =
      Set.of(Membership.JOIN, Membership.INVITE, Membership.KNOCK);

  private final RoomServices rooms;
  private final MembershipChanges changes;

  RoomDepartures(RoomServices rooms, MembershipChanges changes) {
    this.rooms = rooms;
    this.changes = changes;
  }

  @Override
  public void deactivated(UserId user, boolean erase) {
    for (Memberships.Entry entry : List.copyOf(rooms.memberships().of(user))) {
      if (PRESENT.contains(entry.membership())) {
        try {
          changes.leave(rooms.rooms().byNumber(entry.room()), user, null);
        } catch (MatrixException e) {
          // One room that cannot be left must not keep the account in the others.
          log.warn("a deactivated account could not leave a room: {}", e.getMessage());
        }
      }
    }
  }
}
