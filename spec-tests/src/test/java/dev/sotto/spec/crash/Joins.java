package dev.sotto.spec.crash;

import static dev.sotto.spec.harness.Http.path;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.spec.harness.User;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A user joins one room after the other, and starts from the first when there are no more.
final class Joins implements Deed {
  private final User user;
  private final List<String> rooms;
  private final Set<String> acknowledged = new HashSet<>();
  private int done;

  Joins(User user, List<String> rooms) {
    this.user = user;
    this.rooms = rooms;
  }

  @Override
  public void next() {
    String room = rooms.get(done % rooms.size());
    if (acknowledged.contains(room)) {
      leave(room);
    } else {
      user.join(room);
      acknowledged.add(room);
    }
    done++;
  }

  /// A leave that was not answered may have happened.
  private void leave(String room) {
    acknowledged.remove(room);
    int status = user.post(path("/v3/rooms/{}/leave", room), "{}").statusCode();
    assertTrue(status == 200 || status == 403, "leaving answered " + status);
  }

  @Override
  public void verify() {
    List<String> joined =
        user.get("/v3/joined_rooms").then().statusCode(200).extract().path("joined_rooms");
    assertTrue(joined.containsAll(acknowledged), () -> "joined " + joined + " of " + acknowledged);
  }
}
