package dev.sotto.client;

import dev.sotto.client.Inbox.Item;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.OtherMessage;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Undecryptable;
import java.util.Optional;

/// Decrypts what has come in, and hands it to whoever wants to hear it. What cannot be read yet
/// waits for its key.
final class Handover {
  private final Inbox inbox;
  private final Services services;
  private final Encryption encryption;
  private final Pump pump;
  private final Handlers handlers;

  Handover(Inbox inbox, Services services, Encryption encryption, Pump pump, Handlers handlers) {
    this.inbox = inbox;
    this.services = services;
    this.encryption = encryption;
    this.pump = pump;
    this.handlers = handlers;
  }

  /// Hands an item to its handlers. Throws nothing.
  void deliver(Item item) {
    try {
      switch (item.kind()) {
        case INVITE -> {
          if (services.rooms().facts(item.room()).membership() == Membership.INVITE) {
            handlers.invitation(services.invitation(item.room()));
          }
          inbox.handled(item);
        }
        case EVENT, WAITING -> deliverEvent(item);
      }
    } catch (RuntimeException e) {
      // Ours, not a handler's. The item stays in the store for the next start.
      handlers.problem(Problem.Kind.HANDLER, item.room(), e);
    }
  }

  private void deliverEvent(Item item) {
    Optional<Envelope> envelope = Envelopes.of(item.room(), item.json());
    if (envelope.isEmpty()) {
      inbox.handled(item);
      return;
    }
    Optional<RoomEvent> read = read(item, envelope.get());
    if (read.isEmpty()) {
      return;
    }
    RoomEvent event = read.get();
    boolean waits = mayBecomeReadable(event);
    boolean isFirstTry = item.kind() != Inbox.Kind.WAITING;
    if (isFirstTry || !waits) {
      if (isOfVerification(event)) {
        encryption.receiveDecrypted(event.envelope());
        pump.flush();
      }
      handlers.event(services.room(item.room()), event);
    }
    if (!waits) {
      inbox.handled(item);
    }
  }

  /// What an item says. Where its key is missing it waits from now on, before anybody is told: else
  /// a key that comes meanwhile would awaken nobody. Empty if one has awakened it just now, which
  /// has queued it anew.
  private Optional<RoomEvent> read(Item item, Envelope envelope) {
    RoomEvent first = services.reader().read(envelope);
    if (!mayBecomeReadable(first)) {
      return Optional.of(first);
    }
    inbox.postpone(item);
    RoomEvent second = encryption.decrypt(envelope);
    if (mayBecomeReadable(second)) {
      return Optional.of(second);
    }
    return inbox.withdraw(item) ? Optional.of(second) : Optional.empty();
  }

  private static boolean mayBecomeReadable(RoomEvent event) {
    return event instanceof Undecryptable hidden && hidden.mayBecomeReadable();
  }

  private static boolean isOfVerification(RoomEvent event) {
    String kind = event instanceof OtherMessage message ? message.kind() : event.envelope().type();
    return kind.startsWith("m.key.verification.");
  }
}
