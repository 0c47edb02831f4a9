package dev.sotto.client.engine;

import static dev.sotto.client.engine.OlmPair.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HandleTest {
  @Test
  void threadsShareASessionWithoutUsingAnIndexTwice() throws Exception {
    try (OutboundMegolm outbound = OutboundMegolm.create();
        InboundMegolm inbound = InboundMegolm.open(outbound.sessionKey());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<List<Long>> talk =
          () -> {
            List<Long> indexes = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
              indexes.add(inbound.decrypt(outbound.encrypt(bytes("text"))).index());
            }
            return indexes;
          };
      Set<Long> all = new HashSet<>();
      for (Future<List<Long>> each :
          List.of(threads.submit(talk), threads.submit(talk), threads.submit(talk))) {
        all.addAll(each.get());
      }
      assertEquals(600, all.size());
    }
  }

  @Test
  void closingWaitsForCallsAndStopsLaterOnes() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (int round = 0; round < 40; round++) {
        OutboundMegolm outbound = OutboundMegolm.create();
        Callable<Boolean> talk =
            () -> {
              try {
                while (true) {
                  outbound.encrypt(bytes("text"));
                }
              } catch (IllegalStateException e) {
                return true;
              }
            };
        List<Future<Boolean>> talks = List.of(threads.submit(talk), threads.submit(talk));
        while (outbound.nextIndex() < 3) {
          Thread.onSpinWait();
        }
        threads.submit(outbound::close).get();
        for (Future<Boolean> each : talks) {
          assertTrue(each.get());
        }
      }
    }
  }

  @Test
  void crosswiseComparisonsDoNotWaitForEachOther() throws Exception {
    try (OutboundMegolm outbound = OutboundMegolm.create();
        InboundMegolm one = InboundMegolm.open(outbound.sessionKey());
        InboundMegolm two = InboundMegolm.open(outbound.sessionKey());
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<?> there = threads.submit(() -> compare(one, two));
      Future<?> back = threads.submit(() -> compare(two, one));
      there.get(30, TimeUnit.SECONDS);
      back.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatIsClosedIsReleasedOnce() throws Exception {
    Releases releases = new Releases();
    Handle handle = new Handle("object", 7, releases.function());
    handle.close();
    handle.close();
    assertEquals(List.of(7L), releases.pointers());
    assertThrows(IllegalStateException.class, () -> handle.use(pointer -> pointer));
  }

  @Test
  void whatIsForgottenIsReleasedToo() throws Exception {
    Releases releases = new Releases();
    forget(releases.function());
    while (releases.pointers().isEmpty()) {
      System.gc();
      Thread.onSpinWait();
    }
    assertEquals(List.of(7L), releases.pointers());
  }

  /// A method of its own, so that no local variable keeps the handle.
  private static void forget(Native free) {
    Handle handle = new Handle("object", 7, free);
    assertEquals(7L, handle.<Long, RuntimeException>use(pointer -> pointer));
  }

  @Test
  void whatWasNotMadeIsNotReleased() throws Exception {
    Releases releases = new Releases();
    Native free = releases.function();
    assertThrows(IllegalStateException.class, () -> new Handle("object", 0, free));
    assertEquals(List.of(), releases.pointers());
  }

  /// Stands for a function of the library that releases objects.
  private record Releases(List<Long> pointers) {
    Releases() {
      this(new CopyOnWriteArrayList<>());
    }

    Native function() throws ReflectiveOperationException {
      return new Native(
          MethodHandles.publicLookup()
              .findVirtual(List.class, "add", MethodType.methodType(boolean.class, Object.class))
              .bindTo(pointers)
              .asType(MethodType.methodType(void.class, long.class)));
    }
  }

  private static void compare(InboundMegolm one, InboundMegolm two) {
    for (int i = 0; i < 4000; i++) {
      assertEquals(MegolmOrder.EQUAL, one.compare(two));
    }
  }
}
