package dev.sotto.client.terminal.chat;

import dev.sotto.client.Room;
import dev.sotto.client.Security;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.Trust;
import dev.sotto.client.terminal.screen.Colour;
import dev.sotto.client.terminal.screen.Harmless;
import dev.sotto.client.terminal.screen.Line;
import dev.sotto.client.verification.Peer;
import dev.sotto.client.verification.SasEmoji;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.id.UserId;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Verification by comparing what both sides show. Requests and codes are shown as they come; the
/// user answers by orders, or with a plain yes or no while there is something to compare. For any
/// number of threads.
final class VerifyOrders {
  private static final String YES_OR_NO = "Does the other side show the same? Type yes or no.";

  private final Chat chat;
  private final Security security;
  private final Set<Long> begunHere = new HashSet<>();

  VerifyOrders(Chat chat) {
    this.chat = chat;
    this.security = chat.client().security();
  }

  /// Shows how verifications and identities change.
  void listen() {
    security.onVerification(this::changed);
    security.onIdentityChange(this::identityChanged);
  }

  private void identityChanged(UserId user, boolean wasVerified) {
    chat.show(
        new Line()
            .add(
                Colour.DANGER,
                "! "
                    + Names.id(user)
                    + " shows another identity than before"
                    + (wasVerified ? ", which you had verified. " : ". ")
                    + "It was set up anew, or somebody pretends to be that person. /verify "
                    + Names.id(user)
                    + " makes sure; /confirm "
                    + Names.id(user)
                    + " believes it."));
  }

  private void changed(Verification phase) {
    String who = who(phase.peer());
    switch (phase) {
      case Verification.RequestReceived _ ->
          news(Colour.STRONG, who + " asks for verification: /verify accepts, /verify no declines");
      case Verification.Unsupported _ ->
          news(Colour.WARNING, who + " asks for verification in a way that is not known here");
      case Verification.Ready ready when isBegunHere(ready) -> security.start(ready);
      case Verification.KeysExchanged codes -> compare(codes);
      case Verification.Done _ -> {
        news(Colour.GOOD, who + " is verified");
        if (phase.peer().user().equals(chat.client().user())) {
          chat.firstSteps().verified();
        }
      }
      case Verification.Cancelled ended ->
          news(
              Colour.WARNING,
              "The verification with " + who + " has ended: " + Harmless.line(ended.reason()));
      default -> {}
    }
  }

  private synchronized boolean isBegunHere(Verification phase) {
    return begunHere.contains(phase.id());
  }

  private void news(Colour colour, String sentence) {
    String first = sentence.substring(0, 1).toUpperCase(Locale.ROOT);
    chat.show(new Line().add(colour, "* " + first + sentence.substring(1)));
  }

  private String who(Peer peer) {
    String device =
        peer.device().map(id -> " on the device " + Harmless.line(id.value())).orElse("");
    return peer.user().equals(chat.client().user())
        ? "your own account" + device
        : Names.id(peer.user()) + device;
  }

  private void compare(Verification.KeysExchanged codes) {
    news(Colour.STRONG, "Compare with " + who(codes.peer()) + ":");
    List<SasEmoji> emoji = codes.emoji();
    for (int i = 0; i < emoji.size(); i++) {
      SasEmoji sign = emoji.get(i);
      chat.show(
          new Line().add("    " + (i + 1) + "  " + sign.symbol() + "  " + sign.description()));
    }
    if (emoji.isEmpty()) {
      String numbers =
          codes.decimals().stream().map(String::valueOf).collect(Collectors.joining("  "));
      chat.show(new Line().add("    " + numbers));
    }
    news(Colour.STRONG, YES_OR_NO);
  }

  /// Takes a typed line as the answer to what is compared.
  ///
  /// @return false if it is none, and to be said in the room
  boolean answer(String typed) {
    Optional<Boolean> same =
        switch (typed.strip().toLowerCase(Locale.ROOT)) {
          case "yes", "y" -> Optional.of(true);
          case "no", "n" -> Optional.of(false);
          default -> Optional.empty();
        };
    Optional<Verification.KeysExchanged> codes = same.flatMap(_ -> latest(COMPARED));
    if (same.isEmpty() || codes.isEmpty()) {
      return false;
    }
    if (same.get()) {
      security.confirm(codes.get());
      chat.tell("Waiting for the other side.");
    } else {
      security.mismatch(codes.get());
    }
    return true;
  }

  private static final Class<Verification.KeysExchanged> COMPARED =
      Verification.KeysExchanged.class;

  private <V extends Verification.Open> Optional<V> latest(Class<V> phase) {
    List<Verification.Open> open = security.openVerifications();
    return IntStream.iterate(open.size() - 1, i -> i >= 0, i -> i - 1)
        .mapToObj(open::get)
        .filter(phase::isInstance)
        .map(phase::cast)
        .findFirst();
  }

  void verify(String rest) {
    switch (rest.toLowerCase(Locale.ROOT)) {
      case "" -> accept();
      case "yes", "no" -> {
        if (!answer(rest)) {
          if (rest.equalsIgnoreCase("yes")) {
            accept();
          } else {
            cancel();
          }
        }
      }
      case "me" -> begin(security::verifyOwnDevices);
      default -> begin(RoomOrders.user(rest, chat.client().user()));
    }
  }

  private void accept() {
    Optional<Verification.RequestReceived> request = latest(Verification.RequestReceived.class);
    if (request.isPresent()) {
      security.accept(request.get());
      chat.tell("Accepted; the signs to compare come in a moment.");
      return;
    }
    Optional<Verification.Ready> ready = latest(Verification.Ready.class);
    if (ready.isPresent()) {
      // Either side may begin to exchange keys; the other one does not.
      security.start(ready.get());
      return;
    }
    Optional<Verification.KeysExchanged> codes = latest(COMPARED);
    if (codes.isEmpty()) {
      throw new Complaint(
          "Nobody asks for verification. /verify @USER asks somebody,"
              + " /verify me your own devices.");
    }
    compare(codes.get());
  }

  private void cancel() {
    Verification.Open open =
        latest(Verification.Open.class)
            .orElseThrow(() -> new Complaint("There is no verification."));
    security.cancel(open);
  }

  private void begin(UserId user) {
    if (user.equals(chat.client().user())) {
      begin(security::verifyOwnDevices);
      return;
    }
    if (security.devices(user).stream().anyMatch(one -> one.trust() == Trust.OWNER_CHANGED)) {
      // In a room nothing can be said to them, not even this.
      begin(() -> security.verify(user));
      return;
    }
    Optional<Room> here =
        chat.looked()
            .filter(
                room ->
                    room.member(user)
                        .filter(member -> member.membership() == Membership.JOIN)
                        .isPresent());
    Room room = here.orElseGet(() -> chat.client().direct(user));
    begin(() -> security.verify(room, user));
  }

  /// The answer may come before this returns, and has to find that it was begun here.
  private void begin(Supplier<Verification.RequestSent> request) {
    synchronized (this) {
      begunHere.add(request.get().id());
    }
    chat.tell("Asked; now the other side has to accept.");
  }

  void confirm(String rest) {
    UserId user =
        RoomOrders.user(
            Orders.require(rest, "Whose identity? /confirm @USER"), chat.client().user());
    boolean confirmed = security.confirmIdentity(user);
    chat.tell(
        confirmed
            ? "The identity of " + Names.id(user) + " is believed now, but not verified."
            : "There is nothing to confirm about " + Names.id(user) + ".");
  }
}
