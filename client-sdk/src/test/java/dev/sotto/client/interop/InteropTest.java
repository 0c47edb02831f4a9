package dev.sotto.client.interop;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sotto.client.interop.Machines.Make;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What two machines, each of either make, must do for each other.
@ParameterizedClass
@EnumSource
abstract class InteropTest {
  /// Whose machine takes the first part, and whose the second.
  enum Pairing {
    OURS_AND_RUST(Make.OURS, Make.RUST),
    RUST_AND_OURS(Make.RUST, Make.OURS),
    // The test itself: what fails with the others and not with this one is ours.
    RUST_AND_RUST(Make.RUST, Make.RUST);

    final Make first;
    final Make second;

    Pairing(Make first, Make second) {
      this.first = first;
      this.second = second;
    }
  }

  private static LineProcess rust;

  @Parameter
  @SuppressWarnings("NullAway.Init")
  Pairing pairing;

  FakeHomeserver server;
  Machines machines;

  @BeforeAll
  static void startMachines() {
    rust = NodePrograms.start("machine.mjs");
  }

  @AfterAll
  static void stopMachines() {
    rust.close();
  }

  @BeforeEach
  void startServer() {
    server = new FakeHomeserver();
    machines = new Machines(rust, server);
  }

  @AfterEach
  void closeMachines() {
    machines.close();
  }

  /// The reader's view of an event when it came, which must be readable.
  static Reading.Clear read(Peer reader, String eventId) {
    return clear(reader.reading(eventId));
  }

  /// The reader's view of an event when it came, which must not be readable.
  static Reading.Refused refused(Peer reader, String eventId) {
    return refused(reader.reading(eventId));
  }

  static Reading.Clear clear(Reading reading) {
    return assertInstanceOf(Reading.Clear.class, reading, reading::toString);
  }

  static Reading.Refused refused(Reading reading) {
    return assertInstanceOf(Reading.Refused.class, reading, reading::toString);
  }
}
