package dev.sotto.protocol.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.json.CanonicalJson.Numbers;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/rooms/#feature-matrix
class RoomVersionsTest {

  @Test
  void versions1To12AreKnown() {
    assertEquals(
        IntStream.rangeClosed(1, 12).mapToObj(Integer::toString).toList(),
        RoomVersions.all().stream().map(RoomVersion::id).toList());
    assertEquals("12", RoomVersions.DEFAULT.id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "13", "01", "1.0", "org.example.mine"})
  void otherVersionsAreNot(String id) {
    assertTrue(RoomVersions.of(id).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "1, CHOSEN, LENIENT, false, INTEGERS_STRINGS_AND_FLOATS, V1",
    "2, CHOSEN, LENIENT, false, INTEGERS_STRINGS_AND_FLOATS, V2",
    "3, HASH, LENIENT, false, INTEGERS_STRINGS_AND_FLOATS, V2",
    "4, URL_SAFE_HASH, LENIENT, false, INTEGERS_STRINGS_AND_FLOATS, V2",
    "5, URL_SAFE_HASH, LENIENT, true, INTEGERS_STRINGS_AND_FLOATS, V2",
    "6, URL_SAFE_HASH, STRICT, true, INTEGERS_AND_STRINGS, V2",
    "9, URL_SAFE_HASH, STRICT, true, INTEGERS_AND_STRINGS, V2",
    "10, URL_SAFE_HASH, STRICT, true, INTEGERS, V2",
    "11, URL_SAFE_HASH, STRICT, true, INTEGERS, V2",
    "12, URL_SAFE_HASH, STRICT, true, INTEGERS, V2_1"
  })
  void eachVersionHasItsFormats(
      int number,
      EventIdRule ids,
      Numbers numbers,
      boolean keyValidity,
      PowerLevelValues powerLevels,
      StateResolutionAlgorithm resolution) {
    RoomVersion version = Events.version(number);
    assertEquals(ids, version.eventIds());
    assertEquals(numbers, version.numbers());
    assertEquals(keyValidity, version.keyValidity());
    assertEquals(powerLevels, version.auth().powerLevels());
    assertEquals(resolution, version.stateResolution());
  }

  @Test
  void featuresBeginAndEndWhereTheSpecificationSays() {
    assertEquals(List.of(1, 2, 3, 4, 5), those(v -> v.auth().aliases()));
    assertEquals(List.of(1, 2), those(v -> v.auth().redactions()));
    assertEquals(List.of(6, 7, 8, 9, 10, 11, 12), those(v -> v.auth().notificationLevels()));
    assertEquals(List.of(7, 8, 9, 10, 11, 12), those(v -> v.auth().knocking()));
    assertEquals(List.of(8, 9, 10, 11, 12), those(v -> v.auth().restrictedJoins()));
    assertEquals(List.of(10, 11, 12), those(v -> v.auth().knockRestricted()));
    assertEquals(List.of(11, 12), those(v -> v.auth().senderIsCreator()));
    assertEquals(List.of(11, 12), those(RoomVersion::redactsInContent));
    assertEquals(List.of(12), those(v -> v.auth().privilegedCreators()));
    assertEquals(List.of(12), those(RoomVersion::roomIdFromCreate));
  }

  private static List<Integer> those(Predicate<RoomVersion> feature) {
    return RoomVersions.all().stream()
        .filter(feature)
        .map(version -> Integer.valueOf(version.id()))
        .toList();
  }
}
