package dev.sotto.client.encryption.verification;

import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Verification;
import dev.sotto.client.verification.Verification.Open;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The verifications that are open, and those that have ended lately, so that what comes late is
/// not taken for something new. Not for several threads.
final class Exchanges implements AutoCloseable {
  /// How many that others began may be open at a time.
  static final int MAX_OPEN = 64;

  /// How many of those may be one user's.
  static final int MAX_OPEN_OF_USER = 4;

  /// How many ended ones are remembered.
  static final int MAX_ENDED = 256;

  private final Map<Flow, Exchange> byFlow = new LinkedHashMap<>();
  private final Map<Long, Verification> changed = new LinkedHashMap<>();
  private long lastId;

  /// What no verification was called by before.
  long nextId() {
    return ++lastId;
  }

  /// One has come into this phase.
  void changed(Verification phase) {
    changed.put(phase.id(), phase);
  }

  /// Those that have gone on since this was asked last, each in the phase it is in now.
  List<Verification> takeChanged() {
    List<Verification> all = List.copyOf(changed.values());
    changed.clear();
    return all;
  }

  void add(Exchange exchange) {
    byFlow.put(exchange.route().flow(), exchange);
  }

  Optional<Exchange> find(Flow flow) {
    return Optional.ofNullable(byFlow.get(flow));
  }

  Optional<Exchange> find(long id) {
    return byFlow.values().stream().filter(each -> each.phase().id() == id).findFirst();
  }

  /// The phases of those that are open, the oldest first.
  List<Open> open() {
    List<Open> open = new ArrayList<>();
    for (Exchange each : byFlow.values()) {
      if (each.phase() instanceof Open phase) {
        open.add(phase);
      }
    }
    return open;
  }

  /// The users whose keys have to be asked for.
  Set<UserId> wantedUsers() {
    Set<UserId> users = new HashSet<>();
    for (Exchange each : byFlow.values()) {
      if (each.wantsKeys()) {
        users.add(each.peer().user());
      }
    }
    return users;
  }

  /// Whether there is room for another one of a user.
  boolean mayBegin(UserId user) {
    int all = 0;
    int ofUser = 0;
    for (Exchange each : byFlow.values()) {
      if (each.isOpen() && !each.beganHere()) {
        all++;
        ofUser += each.peer().user().equals(user) ? 1 : 0;
      }
    }
    return all < MAX_OPEN && ofUser < MAX_OPEN_OF_USER;
  }

  /// Takes back what was begun here with a user.
  void cancelBegun(UserId user) {
    for (Exchange each : all()) {
      if (each.beganHere() && each.peer().user().equals(user)) {
        each.cancel(CancelCode.USER);
      }
    }
  }

  /// A device that asks again while an earlier request of it is open has both cancelled.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#error-and-exception-handling
  void cancelSeveral(UserId user, DeviceId device) {
    List<Exchange> several =
        byFlow.values().stream()
            .filter(each -> each.isOpen() && each.isRequestOf(user, device))
            .toList();
    if (several.size() > 1) {
      several.forEach(each -> each.cancel(CancelCode.UNEXPECTED_MESSAGE));
    }
  }

  /// The request that was sent as this message is an event of its room now.
  void sent(String message, EventId event) {
    for (Exchange each : all()) {
      if (each.route().flow() instanceof Flow.Unsent flow && flow.message().equals(message)) {
        locate(each, new Flow.InRoom(flow.room(), event));
      }
    }
  }

  /// A request to this user is in this room; that may be known already.
  void echoed(String user, Flow.InRoom place) {
    for (Exchange each : all()) {
      if (each.route().flow() instanceof Flow.Unsent flow
          && flow.room().equals(place.room())
          && each.peer().user().value().equals(user)) {
        locate(each, place);
        return;
      }
    }
  }

  private void locate(Exchange exchange, Flow.InRoom place) {
    byFlow.remove(exchange.route().flow());
    exchange.route().located(place);
    add(exchange);
  }

  /// Whether a message is one of a verification that is open, or that has ended and is remembered
  /// if that will do.
  boolean hasSent(String message, boolean orEnded) {
    return byFlow.values().stream()
        .anyMatch(each -> (orEnded || each.isOpen()) && each.route().hasSent(message));
  }

  void failed(String message) {
    for (Exchange each : all()) {
      if (each.route().hasSent(message)) {
        each.failed();
      }
    }
  }

  /// Ends what has taken too long, and forgets what ended long ago.
  void expire(Instant now) {
    all().forEach(Exchange::expire);
    Instant past = now.minus(Exchange.MAX_TIME);
    byFlow.values().removeIf(each -> each.endedBefore(past));
    long ended = byFlow.values().stream().filter(each -> !each.isOpen()).count();
    for (Exchange each : all()) {
      if (ended > MAX_ENDED && !each.isOpen()) {
        byFlow.remove(each.route().flow());
        ended--;
      }
    }
  }

  private List<Exchange> all() {
    return List.copyOf(byFlow.values());
  }

  @Override
  public void close() {
    byFlow.values().forEach(Exchange::close);
    byFlow.clear();
  }
}
