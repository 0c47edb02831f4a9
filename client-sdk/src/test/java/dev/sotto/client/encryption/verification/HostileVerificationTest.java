package dev.sotto.client.encryption.verification;

import static dev.sotto.client.encryption.verification.World.ALICE;
import static dev.sotto.client.encryption.verification.World.BOB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.verification.Method;
import dev.sotto.client.verification.Verification.Cancelled;
import dev.sotto.client.verification.Verification.Confirmed;
import dev.sotto.client.verification.Verification.Done;
import dev.sotto.client.verification.Verification.KeysExchanged;
import dev.sotto.client.verification.Verification.Ready;
import dev.sotto.client.verification.Verification.RequestReceived;
import dev.sotto.client.verification.Verification.RequestSent;
import dev.sotto.client.verification.Verification.Scanned;
import dev.sotto.client.verification.Verification.Started;
import dev.sotto.client.verification.Verification.Unsupported;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.json.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Whatever the server does to the messages, and whatever the users confirm: nothing is thrown, and
/// no key is verified that is not the true one.
class HostileVerificationTest {
  private static final int TRIES = 400;
  private static final List<String> RUBBISH =
      List.of(
          "null",
          "\"\"",
          "\"" + "x".repeat(300) + "\"",
          "\"" + "x".repeat(20_000) + "\"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"m.sas.v1\"",
          "\"BOB1\"",
          "0",
          "-1",
          "0.5",
          "1e400",
          "9007199254740993",
          "true",
          "[]",
          "[null]",
          "[\"sha256\", 1]",
          "[" + "\"a\",".repeat(100) + "\"a\"]",
          "{}",
          "{\"ed25519:BOB1\": 1}",
          "{\"ed25519:BOB1\": \"AAAA\", \"\": {}}");

  enum Act {
    PASS,
    MUTATE,
    RENAME,
    LOSE,
    REPLAY,
    USER,
    LATER
  }

  record Step(Act act, int pick, int value) {
    <T> T of(List<T> list) {
      return list.get(Math.floorMod(pick, list.size()));
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Act> acts =
        Arbitraries.frequency(
            Tuple.of(30, Act.PASS),
            Tuple.of(2, Act.MUTATE),
            Tuple.of(1, Act.RENAME),
            Tuple.of(1, Act.LOSE),
            Tuple.of(1, Act.REPLAY),
            Tuple.of(30, Act.USER),
            Tuple.of(1, Act.LATER));
    return Combinators.combine(
            acts, Arbitraries.integers().between(0, 10_000), Arbitraries.integers())
        .as(Step::new)
        .list()
        .ofMinSize(20)
        .ofMaxSize(80);
  }

  /// One run; nothing may be thrown by it.
  private static final class Run implements AutoCloseable {
    private final World world = new World();
    private final World.Person alice = world.device(ALICE, "ALICE1", EnumSet.allOf(Method.class));
    private final World.Person bob = world.device(BOB, "BOB1", EnumSet.allOf(Method.class));
    private final List<World.Parcel> passed = new ArrayList<>();
    private final Deque<World.Parcel> waiting = new ArrayDeque<>();

    void run(List<Step> steps, boolean inRoom) {
      if (inRoom) {
        alice.verifications.request(World.ROOM, BOB);
      } else {
        alice.verifications.request(BOB, Set.of(bob.device));
      }
      for (Step step : steps) {
        waiting.addAll(world.collect());
        take(step);
      }
      world.deliver();
    }

    private void take(Step step) {
      switch (step.act) {
        case USER -> use(step.pick % 2 == 0 ? alice : bob, step);
        case LATER -> world.now = world.now.plusSeconds(Math.floorMod(step.value, 200));
        case REPLAY -> {
          if (!passed.isEmpty()) {
            world.pass(step.of(passed));
          }
        }
        case LOSE -> waiting.poll();
        case PASS, MUTATE, RENAME -> {
          World.Parcel next = waiting.poll();
          if (next != null) {
            passed.add(next);
            world.pass(altered(next, step));
          }
        }
      }
    }

    private static World.Parcel altered(World.Parcel parcel, Step step) {
      ObjectNode content = parcel.content().deepCopy();
      String type = parcel.type();
      if (step.act == Act.RENAME) {
        type = step.of(List.of(MessageType.values())).value();
      } else if (step.act == Act.MUTATE) {
        mutate(content, step);
      }
      return new World.Parcel(
          parcel.from(), parcel.to(), parcel.device(), parcel.room(), parcel.id(), type, content);
    }

    private static void mutate(ObjectNode content, Step step) {
      List<String> names = new ArrayList<>(content.propertyNames());
      String name = step.of(names);
      JsonNode rubbish = Json.parse(RUBBISH.get(Math.floorMod(step.value, RUBBISH.size())));
      if (content.path(name) instanceof ObjectNode inner
          && !inner.isEmpty()
          && step.value % 3 == 0) {
        mutate(inner, step);
      } else if (step.value % 5 == 0) {
        content.remove(name);
      } else if (step.value % 7 == 0) {
        content.set("more", rubbish);
      } else {
        content.set(name, rubbish);
      }
    }

    private void use(World.Person person, Step step) {
      if (person.seen.isEmpty()) {
        return;
      }
      Verifications verifications = person.verifications;
      switch (person.phase()) {
        case RequestReceived request -> verifications.accept(request);
        case Ready ready -> {
          World.Person other = person.equals(alice) ? bob : alice;
          if (step.value % 2 == 0
              || !(other.seen.getLast() instanceof Ready there && other.phase().equals(there))) {
            verifications.start(ready);
          } else {
            other
                .verifications
                .qrCode(there)
                .ifPresent(code -> verifications.scan(ready, altered(code, step)));
          }
        }
        case KeysExchanged codes -> verifications.confirm(codes);
        case Scanned scanned -> verifications.confirm(scanned);
        case RequestSent _, Unsupported _, Started _, Confirmed _ -> {}
        case Done _, Cancelled _ -> {}
      }
    }

    private static byte[] altered(byte[] code, Step step) {
      byte[] altered = code.clone();
      if (step.value % 5 == 0) {
        altered[Math.floorMod(step.pick, code.length)] ^= (byte) step.value;
      }
      return altered;
    }

    List<Verified> verifiedBy(World.Person person) {
      return person.seen.stream()
          .filter(Done.class::isInstance)
          .map(phase -> ((Done) phase).verified())
          .toList();
    }

    @Override
    public void close() {
      world.close();
    }
  }

  @Property(tries = TRIES)
  void falseKeysAreNeverVerified(
      @ForAll("steps") List<Step> steps, @ForAll boolean inRoom, @ForAll boolean byBob) {
    try (Run run = new Run()) {
      World.Person deceived = byBob ? run.bob : run.alice;
      World.Person other = byBob ? run.alice : run.bob;
      deceived.replaced.put(other.device.value(), run.world.key());
      deceived.replaced.put(other.user.value(), run.world.key());
      run.run(steps, inRoom);
      assertEquals(List.of(), run.verifiedBy(deceived));
      Statistics.collect(deceived.seen.stream().anyMatch(KeysExchanged.class::isInstance));
      Statistics.coverage(coverage -> coverage.check(true).count(count -> count > 0));
    }
  }

  @Property(tries = TRIES)
  void onlyTrueKeysAreVerified(@ForAll("steps") List<Step> steps, @ForAll boolean inRoom) {
    try (Run run = new Run()) {
      run.run(steps, inRoom);
      boolean done = false;
      for (World.Person person : List.of(run.alice, run.bob)) {
        World.Person other = person.equals(run.alice) ? run.bob : run.alice;
        for (Verified verified : run.verifiedBy(person)) {
          done = true;
          assertEquals(other.user, verified.user());
          assertFalse(verified.devices().isEmpty() && verified.masterKey().isEmpty());
          verified
              .devices()
              .forEach(
                  (device, key) -> {
                    assertEquals(other.device, device);
                    assertEquals(other.fingerprint, key);
                  });
          assertTrue(
              verified.masterKey().isEmpty()
                  || verified.masterKey().equals(run.world.master(other.user)));
        }
      }
      Statistics.collect(done);
      // Else it would show nothing.
      Statistics.coverage(coverage -> coverage.check(true).count(count -> count > 0));
    }
  }
}
