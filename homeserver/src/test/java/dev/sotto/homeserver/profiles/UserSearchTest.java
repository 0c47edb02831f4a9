package dev.sotto.homeserver.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.rooms.OpenRooms;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.sync.World;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UserSearchTest {
  private static final UserId SEARCHER = World.user("searcher");

  private final World world = new World();

  private UserSearch.Found search(String term) {
    Memberships memberships = world.rooms.memberships();
    return new UserSearch(
            world.users,
            new Profiles(world.database, world.journal, world.users),
            memberships,
            world.rooms.openRooms())
        .search(SEARCHER, term, 100L);
  }

  private List<UserId> found(String term) {
    return search(term).matches().stream().map(UserSearch.Match::user).toList();
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void whoIsInARoomWithTheSearcherOrInAnOpenOneIsFound() {
    UserId near = World.user("user-near");
    UserId open = World.user("user-open");
    UserId read = World.user("user-read");
    UserId hidden = World.user("user-hidden");
    StateKey joinRules = StateKey.JOIN_RULES;
    Room shared = world.room(near, SEARCHER);
    world.set(shared, near, joinRules, "join_rule", "invite");
    world.room(open);
    Room readable = world.room(read);
    world.set(readable, read, joinRules, "join_rule", "invite");
    world.set(readable, read, StateKey.HISTORY_VISIBILITY, "history_visibility", "world_readable");
    world.set(world.room(hidden), hidden, joinRules, "join_rule", "invite");
    assertEquals(List.of(near, open, read), found("user-").stream().sorted(this::byId).toList());
  }

  private int byId(UserId one, UserId other) {
    return one.value().compareTo(other.value());
  }

  @Test
  void aSearchLooksAtSoManyUsersAndSaysThatThereAreMore() {
    Room room = world.room(SEARCHER);
    for (int i = 0; i < 100; i++) {
      world.users.number(World.user("many-" + (100 + i)));
    }
    world.join(room, World.user("many-999"));
    assertEquals(List.of(), found("many-"));
    assertTrue(search("many-").limited());
    assertEquals(List.of(World.user("many-999")), found("many-9"));
    assertFalse(search("many-9").limited());
  }

  @Test
  void aSearchAsksOnlySoManyRoomsWhetherTheyAreOpen() {
    UserId busy = World.user("busy");
    for (int i = 0; i < 150; i++) {
      world.set(world.room(busy), busy, StateKey.JOIN_RULES, "join_rule", "invite");
    }
    OpenRooms rooms = world.rooms.openRooms();
    assertEquals(List.of(), found("busy"));
    long known =
        world.rooms.memberships().of(busy).stream()
            .filter(entry -> rooms.known(entry.room()) != null)
            .count();
    assertEquals(100, known);
  }
}
