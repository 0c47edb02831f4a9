package dev.sotto.homeserver.rooms;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.statement.SqlStatements;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// A page of a long room costs no more than one of a short room.
class RoomPlansTest {
  static final List<String> BY_PLACE = List.of(RoomStore.NEWEST, RoomStore.OLDEST);
  static final List<String> OF_RELATIONS =
      List.of(Relations.POINTING_AT, Relations.POINTING_AT_OLDEST_FIRST, Relations.IN_THREADS);

  private final RoomWorld world = new RoomWorld();

  @AfterEach
  void close() {
    world.close();
  }

  private static void assertFollowsAnIndex(String plan) {
    assertTrue(plan.contains("index sorted"), plan);
  }

  @ParameterizedTest
  @FieldSource("BY_PLACE")
  void pagesFollowTheOrderOfTheRoom(String query) {
    assertFollowsAnIndex(plan(query, 1L, 0L, 1_000L, 10));
  }

  @Test
  void whatADeviceSentLastIsFoundFromTheEnd() {
    assertFollowsAnIndex(plan(RoomStore.SENT_BY_DEVICE, 1L, "DEVICE", 256));
  }

  @Test
  void aPieceOfStateAtAPlaceIsFoundWithoutItsHistory() {
    assertFollowsAnIndex(plan(RoomStore.STATE_EVENT_AT, 1L, "m.room.topic", "", 1_000L));
  }

  @ParameterizedTest
  @FieldSource("OF_RELATIONS")
  void pagesOfRelationsFollowTheirOrder(String query) {
    assertFollowsAnIndex(
        world.database.read(
            handle ->
                handle
                    .createQuery("EXPLAIN " + query)
                    .bindList("targets", List.of("$target"))
                    .bindMap(
                        Map.of(
                            "room",
                            1L,
                            "rel_type",
                            "",
                            "type",
                            "",
                            "after",
                            0L,
                            "up_to",
                            1_000L,
                            "limit",
                            10))
                    .configure(
                        SqlStatements.class, statements -> statements.setUnusedBindingAllowed(true))
                    .mapTo(String.class)
                    .one()));
  }

  private String plan(String query, Object... parameters) {
    return world.database.read(
        handle -> {
          var explained = handle.createQuery("EXPLAIN " + query);
          for (int i = 0; i < parameters.length; i++) {
            explained.bind(i, parameters[i]);
          }
          return explained.mapTo(String.class).one();
        });
  }
}
