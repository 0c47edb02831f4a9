package dev.sotto.homeserver.blindness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// A sentence that is put anywhere into anything that the gate lets in is never kept.
class GateMutationTest {
  private static final String SENTENCE = "Attack at dawn, my friends!";

  /// The members that hold names and topics: text in the clear, as the specification has it.
  private static final Set<String> LABELS =
      Set.of(
          "m.room.name/name",
          "m.room.topic/topic",
          "m.room.topic/m.topic/m.text/.*",
          "m.room.member/displayname",
          "m.room.member/third_party_invite/display_name",
          "m.room.third_party_invite/display_name",
          "m.room.image_pack/images/[^/]+/body",
          "im.ponies.room_emotes/images/[^/]+/body",
          "m.room.image_pack/pack/display_name",
          "m.room.image_pack/pack/attribution");

  /// What the server's owner has listed passes nearly as it is.
  private static final Set<String> LISTED =
      Set.of("im.vector.modular.widgets", "org.matrix.msc3401.call.member");

  private static final List<GateTable.Row> LET_IN =
      GateTable.rows().stream()
          .filter(row -> row.kept() != null && !LISTED.contains(row.way().type()))
          .toList();

  private final Gate gate = GateTable.gate(EncryptionPolicy.REQUIRED);

  /// Where something can be put: the path to it, and how it is put there.
  record Place(String path, Consumer<JsonNode> put) {}

  record Mutation(GateTable.Row row, int place, JsonNode inserted) {}

  @Provide
  Arbitrary<Mutation> mutations() {
    Arbitrary<JsonNode> inserted =
        Arbitraries.of(
            StringNode.valueOf(SENTENCE),
            Json.object().put("body", SENTENCE),
            Json.object().put(SENTENCE, true),
            Json.object().put("body", SENTENCE).put("msgtype", "m.text").put("format", SENTENCE),
            Json.mapper().createArrayNode().add(SENTENCE),
            Json.mapper().createArrayNode().add(Json.object().put("m.text", SENTENCE)));
    return Combinators.combine(
            Arbitraries.of(LET_IN), Arbitraries.integers().between(0, 1000), inserted)
        .as(Mutation::new);
  }

  @Property(tries = 20_000)
  void sentenceIsNeverKept(@ForAll("mutations") Mutation mutation) {
    ObjectNode content = Json.parseObject(mutation.row.content());
    GateTable.Way way = mutation.row.way();
    List<Place> places = places(way.type(), content, mutation.inserted);
    Place place = places.get(mutation.place % places.size());
    place.put.accept(content);
    try {
      String kept = new String(Json.bytes(way.pass(gate, content)), StandardCharsets.UTF_8);
      assertTrue(
          LABELS.stream().anyMatch(place.path::matches) || !kept.contains(SENTENCE),
          () -> way + ": " + place.path + " is kept: " + kept);
    } catch (MatrixException e) {
      assertEquals(ErrorCode.M_FORBIDDEN, e.code());
      assertFalse(e.getMessage().contains(SENTENCE), e.getMessage());
    }
  }

  /// Every type and state key that says a sentence is refused, whatever comes with it.
  @Property(tries = 2000)
  void sentenceIsNoTypeAndNoStateKey(@ForAll("mutations") Mutation mutation) {
    GateTable.Way way = mutation.row.way();
    ObjectNode content = Json.parseObject(mutation.row.content());
    if (Set.of("device-keys", "dehydrated", "cross-signing").contains(way.name())) {
      return;
    }
    assertRefused(new GateTable.Way(way.name(), SENTENCE, way.stateKey()), content);
    boolean named = way.type().equals("m.room.image_pack") || way.type().startsWith("im.ponies.");
    if (way.name().equals("state") && !named) {
      assertRefused(new GateTable.Way("state", way.type(), SENTENCE), content);
    }
  }

  private void assertRefused(GateTable.Way way, ObjectNode content) {
    MatrixException refusal = assertThrows(MatrixException.class, () -> way.pass(gate, content));
    assertEquals(ErrorCode.M_FORBIDDEN, refusal.code());
    assertFalse(refusal.getMessage().contains(SENTENCE), refusal.getMessage());
  }

  /// Every member that can be replaced, and every object and list that can get one more.
  private static List<Place> places(String path, JsonNode node, JsonNode inserted) {
    List<Place> places = new ArrayList<>();
    collect(path, node, List.of(), inserted, places);
    return places;
  }

  private static void collect(
      String path, JsonNode node, List<Object> way, JsonNode inserted, List<Place> places) {
    if (node instanceof ObjectNode object) {
      places.add(
          new Place(
              path + "/+", root -> ((ObjectNode) at(root, way)).set("org.example.note", inserted)));
      places.add(new Place(path + "/+", root -> ((ObjectNode) at(root, way)).put(SENTENCE, 1)));
      places.add(
          new Place(path + "/body", root -> ((ObjectNode) at(root, way)).set("body", inserted)));
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        String name = member.getKey();
        places.add(
            new Place(path + "/" + name, root -> ((ObjectNode) at(root, way)).set(name, inserted)));
        collect(path + "/" + name, member.getValue(), plus(way, name), inserted, places);
      }
    } else if (node instanceof ArrayNode array) {
      places.add(new Place(path + "/+", root -> ((ArrayNode) at(root, way)).add(inserted)));
      for (int i = 0; i < array.size(); i++) {
        int index = i;
        places.add(
            new Place(path + "/" + i, root -> ((ArrayNode) at(root, way)).set(index, inserted)));
        collect(path + "/" + i, array.get(i), plus(way, index), inserted, places);
      }
    }
  }

  private static List<Object> plus(List<Object> way, Object step) {
    List<Object> longer = new ArrayList<>(way);
    longer.add(step);
    return longer;
  }

  private static JsonNode at(JsonNode root, List<Object> way) {
    JsonNode node = root;
    for (Object step : way) {
      node = step instanceof Integer index ? node.get(index) : node.get((String) step);
    }
    return node;
  }
}
