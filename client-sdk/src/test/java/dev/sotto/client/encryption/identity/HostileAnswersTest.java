package dev.sotto.client.encryption.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers of a server that lies.
class HostileAnswersTest {
  private static final int TRIES = 300;

  private static final Person BOB = new Person("@bob:other.org");
  private static final Person CAROL = new Person("@carol:other.org");

  /// Keys that the server has made for Bob.
  private static final Person FALSE_BOB = new Person("@bob:other.org");

  private static final Device BOBS = BOB.signedDevice("B1");
  private static final Device FALSE_DEVICE = FALSE_BOB.signedDevice("B2");
  private static final Device CAROLS = CAROL.signedDevice("C1");

  /// One part of an answer, chosen by a number, is replaced by another part of an answer, or by
  /// rubbish.
  record Alteration(int place, int what, int source) {}

  @Provide
  Arbitrary<List<Alteration>> alterations() {
    Arbitrary<Integer> numbers = Arbitraries.integers().between(0, 10_000);
    return Combinators.combine(numbers, numbers, numbers)
        .as(Alteration::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  private record Spot(JsonNode parent, String name, int index) {
    JsonNode value() {
      return parent.isObject() ? parent.path(name) : parent.path(index);
    }

    void put(JsonNode value) {
      if (parent instanceof ObjectNode object) {
        object.set(name, value);
      } else if (parent instanceof ArrayNode array && index < array.size()) {
        array.set(index, value);
      }
    }

    void remove() {
      if (parent instanceof ObjectNode object) {
        object.remove(name);
      }
    }
  }

  private static List<Spot> spots(JsonNode of) {
    List<Spot> spots = new ArrayList<>();
    collect(of, spots);
    return spots;
  }

  private static void collect(JsonNode node, List<Spot> spots) {
    node.forEachEntry(
        (name, child) -> {
          spots.add(new Spot(node, name, 0));
          collect(child, spots);
        });
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        spots.add(new Spot(node, "", i));
        collect(node.path(i), spots);
      }
    }
  }

  private static ObjectNode altered(ObjectNode answer, List<Alteration> alterations) {
    List<Spot> sources = spots(FALSE_BOB.answer(CAROL.answer()));
    for (Alteration alteration : alterations) {
      List<Spot> places = spots(answer);
      if (places.isEmpty()) {
        return answer;
      }
      Spot place = places.get(alteration.place % places.size());
      switch (alteration.what % 10) {
        case 0 -> place.remove();
        case 1 -> place.put(Json.parse("null"));
        case 2 -> place.put(Json.parse("[1.5, {}]"));
        case 3 -> place.put(Json.parse("\"\\u0000\\ud800\""));
        case 4 -> place.put(Json.parse("12345678901234567890"));
        case 5 -> place.put(Json.object().put("a", 1.5));
        case 6 -> {
          List<Spot> own = spots(answer);
          place.put(own.get(alteration.source % own.size()).value().deepCopy());
        }
        default -> place.put(sources.get(alteration.source % sources.size()).value().deepCopy());
      }
    }
    return answer;
  }

  @Property(tries = TRIES)
  void nothingThatAServerSaysMakesItsOwnDevicesTrusted(
      @ForAll("alterations") List<Alteration> alterations) {
    try (Here here = new Here()) {
      Identities identities = here.identities;
      here.hears(BOB);
      if (identities.unconfirmed(BOB.user).isPresent()) {
        throw new AssertionError("the true keys did not bring Bob back");
      }
      identities.verified(BOB.user, BOB.masterVerifyKey());
      ObjectNode answer = altered(BOB.answer(CAROL.answer()), alterations);
      List<IdentityChange> changes =
          identities.answered(Set.of(BOB.user, CAROL.user, here.account.user()), answer);
      assertNotEquals(DeviceTrust.SIGNED, identities.trust(FALSE_DEVICE));
      assertNotEquals(DeviceTrust.VERIFIED, identities.trust(FALSE_DEVICE));
      Identity bob = identities.of(BOB.user).orElseThrow();
      boolean changed = !bob.master().key().equals(BOB.masterVerifyKey());
      assertEquals(changed ? UserTrust.CHANGED : UserTrust.VERIFIED, identities.trust(BOB.user));
      assertEquals(changed, changes.stream().anyMatch(change -> change.user().equals(BOB.user)));
      assertEquals(
          changed ? DeviceTrust.OWNER_CHANGED : DeviceTrust.VERIFIED, identities.trust(BOBS));
      Optional<Identity> own = identities.of(here.account.user());
      assertTrue(own.isEmpty());
    }
  }

  @Property(tries = TRIES)
  void anAnswerWithRubbishOfOneUserIsGoodForTheOthers(@ForAll Random random) {
    try (Here here = new Here()) {
      ObjectNode answer = CAROL.answer();
      UserId victim = new UserId("@victim:other.org");
      List<Spot> spots = spots(BOB.answer());
      for (String field : List.copyOf(answer.propertyNames())) {
        ((ObjectNode) answer.path(field))
            .set(victim.value(), spots.get(random.nextInt(spots.size())).value().deepCopy());
      }
      here.identities.answered(Set.of(victim, CAROL.user), answer);
      assertEquals(Optional.empty(), here.identities.of(victim));
      assertEquals(DeviceTrust.SIGNED, here.identities.trust(CAROLS));
    }
  }

  private static Optional<Identity> read(Person person) {
    return Identity.of(person.user, person.answer());
  }

  @Test
  void aKeyMustNotServeTwoRoles() {
    Person mallory = new Person("@mallory:other.org");
    mallory.selfSigningKey.setAll(
        mallory.signed(mallory.key("self_signing", mallory.master), mallory.master));
    assertEquals(Optional.empty(), read(mallory));
    Person twice = new Person("@mallory:other.org");
    twice.userSigningKey.setAll(
        twice.signed(twice.key("user_signing", twice.selfSigning), twice.master));
    assertEquals(Optional.empty(), read(twice).orElseThrow().userSigning());
    Person both = new Person("@mallory:other.org");
    both.masterKey.withArrayProperty("usage").add("self_signing");
    assertEquals(Optional.empty(), read(both));
  }

  @Test
  void keysOfAnotherUserAreNotTaken() {
    ObjectNode answer = BOB.answer();
    UserId mallory = new UserId("@mallory:other.org");
    for (String field : List.copyOf(answer.propertyNames())) {
      ObjectNode part = (ObjectNode) answer.path(field);
      part.set(mallory.value(), part.path(BOB.user.value()).deepCopy());
    }
    assertTrue(Identity.of(BOB.user, answer).isPresent());
    assertEquals(Optional.empty(), Identity.of(mallory, answer));
    // Bob's master key under Mallory's name has signed nothing.
    Person thief = new Person("@mallory:other.org");
    thief.masterKey.setAll(thief.key("master", BOB.master));
    assertEquals(Optional.empty(), read(thief));
  }

  @Test
  void aKeyWithManyOrLargePartsIsNotTaken() {
    Person large = new Person("@large:other.org");
    large.masterKey.put("filler", "x".repeat(5000));
    assertEquals(Optional.empty(), read(large));
    Person many = new Person("@many:other.org");
    many.masterKey.withObjectProperty("keys").put("ed25519:other", "other");
    assertEquals(Optional.empty(), read(many));
    Person misnamed = new Person("@misnamed:other.org");
    misnamed.masterKey.putObject("keys").put("ed25519:other", misnamed.master.verifyKey().base64());
    assertEquals(Optional.empty(), read(misnamed));
  }

  @Test
  void manySignaturesAreNotKept() {
    try (Here here = new Here()) {
      Person popular = new Person("@popular:other.org");
      ObjectNode signatures = popular.masterKey.putObject("signatures");
      for (int i = 0; i < 1000; i++) {
        signatures.putObject("@u" + i + ":other.org").put("ed25519:A", "A".repeat(1000));
        signatures.withObjectProperty(here.account.user().value()).put("ed25519:" + i, "A");
        signatures
            .withObjectProperty(here.account.user().value())
            .put("ed25519:a" + i, "A".repeat(1000));
      }
      here.hears(popular);
      JsonNode kept =
          here.identities.of(popular.user).orElseThrow().master().json().path("signatures");
      assertEquals(Set.of(here.account.user().value()), Set.copyOf(kept.propertyNames()));
      assertEquals(4, kept.iterator().next().size());
    }
  }
}
