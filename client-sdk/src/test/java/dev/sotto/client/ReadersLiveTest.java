package dev.sotto.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.error.LeftOutException;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.client.verification.Method;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.id.EventId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Who reads what we send, as the program has decided.
class ReadersLiveTest extends LiveClients {
  ReadersLiveTest() {
    super("required");
  }

  @Test
  void devicesThatAreNotSignedReadWhereTheProgramWantsIt() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient lenient = another(ada, ClientBuilder::shareWithUnsignedDevices);
    MatrixClient signed = started(bob);
    MatrixClient unsigned = another(bob, UnaryOperator.identity());
    assertFalse(unsigned.security().isDeviceSigned());
    Room room = meet(person, signed);
    unsigned.start();
    unsigned.awaitFirstSync();
    EventId hidden = person.room(room.id()).send("for those who are signed");
    EventId open = lenient.room(room.id()).send("for all");
    Room his = unsigned.room(room.id());
    // Keys come in the order in which they were sent: the one of before would be there.
    assertEquals("for all", readable(his, open).text());
    assertWithheld(his.event(hidden));
  }

  @Test
  void onlyVerifiedUsersReadWhereTheProgramWantsIt() throws InterruptedException {
    MatrixClient person = another(ada, ClientBuilder::shareWithVerifiedUsersOnly);
    person.start();
    person.awaitFirstSync();
    MatrixClient other = started(bob);
    Heard<Problem> problems = new Heard<>();
    person.onProblem(problems::tell);
    Room room = meet(person, other);
    EventId hidden = room.send("for those who are verified");
    Problem problem = problems.await(one -> one.kind() == Problem.Kind.LEFT_OUT);
    LeftOutException left = assertInstanceOf(LeftOutException.class, problem.cause());
    assertEquals(other.user(), left.user());
    assertEquals(Optional.of(other.device()), left.device());
    verify(person, other);
    EventId open = room.send("for you");
    Room his = other.room(room.id());
    assertEquals("for you", readable(his, open).text());
    assertWithheld(his.event(hidden));
  }

  private static void assertWithheld(RoomEvent event) {
    Undecryptable unread = assertInstanceOf(Undecryptable.class, event);
    assertEquals(Undecryptable.Cause.WITHHELD, unread.cause());
  }

  /// As two people do who see the same.
  private static void verify(MatrixClient person, MatrixClient other) throws InterruptedException {
    Heard<Verification> hers = agreeing(person);
    Heard<Verification> his = agreeing(other);
    person.security().verify(other.user(), other.device());
    hers.await(Verification.Done.class::isInstance);
    his.await(Verification.Done.class::isInstance);
  }

  @Test
  void nothingIsSentToAChangedIdentityUntilItIsConfirmed() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient other = started(bob);
    Room room = meet(person, other);
    verify(person, other);
    Heard<Boolean> changes = new Heard<>();
    person.security().onIdentityChange((_, wasVerified) -> changes.tell(wasVerified));
    assertFalse(person.security().confirmIdentity(other.user()), "there is none");
    MatrixClient anew = another(bob, UnaryOperator.identity());
    anew.security().resetIdentity();
    assertTrue(changes.await(), "it was verified");
    assertEquals(Security.IdentityTrust.CHANGED, person.security().identity(other.user()));
    assertThrows(IllegalStateException.class, () -> room.send("Is that you?"));
    assertTrue(person.security().confirmIdentity(other.user()));
    assertFalse(person.security().confirmIdentity(other.user()), "it was confirmed");
    anew.start();
    anew.awaitFirstSync();
    EventId sent = room.send("So be it.");
    assertEquals("So be it.", readable(anew.room(room.id()), sent).text());
  }

  @Test
  void newDeviceBecomesOneOfTheUsersByVerificationWithAnother() throws InterruptedException {
    MatrixClient first = started(ada);
    assertThrows(IllegalStateException.class, first.security()::verifyOwnDevices);
    MatrixClient second = another(ada, UnaryOperator.identity());
    second.start();
    second.awaitFirstSync();
    assertFalse(second.security().isDeviceSigned());
    Heard<Verification> here = new Heard<>();
    first.security().onVerification(here::tell);
    Verification.RequestSent sent = second.security().verifyOwnDevices();
    assertEquals(List.of(sent), second.security().openVerifications());
    Verification.RequestReceived request = next(here, Verification.RequestReceived.class);
    Heard<Verification> there = new Heard<>();
    second.security().onVerification(there::tell);
    first.security().accept(request);
    Verification.Ready ready = next(there, Verification.Ready.class);
    second.security().start(ready);
    for (MatrixClient client : List.of(first, second)) {
      Heard<Verification> heard = client == first ? here : there;
      client.security().confirm(next(heard, Verification.KeysExchanged.class));
    }
    there.await(Verification.Done.class::isInstance);
    here.await(Verification.Done.class::isInstance);
    // The first device signs it now, which the second learns with the news.
    await().atMost(Duration.ofSeconds(30)).until(second.security()::isDeviceSigned);
    assertEquals(List.of(), second.security().openVerifications());
  }

  @Test
  void usersVerifyEachOtherByQrCode() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient other = started(bob);
    Security shows = person.security();
    Security scans = other.security();
    shows.setSupportedMethods(Set.of(Method.SHOW_QR_CODE));
    scans.setSupportedMethods(Set.of(Method.SCAN_QR_CODE));
    Heard<Verification> hers = new Heard<>();
    shows.onVerification(hers::tell);
    Heard<Verification> his = new Heard<>();
    scans.onVerification(his::tell);
    assertEquals(Security.IdentityTrust.KNOWN, scans.identity(person.user()));
    shows.verify(other.user());
    Verification.Ready scanning =
        assertInstanceOf(
            Verification.Ready.class, scans.accept(next(his, Verification.RequestReceived.class)));
    assertEquals(Optional.empty(), scans.qrCode(scanning), "it shows none");
    byte[] code = shows.qrCode(next(hers, Verification.Ready.class)).orElseThrow();
    assertInstanceOf(Verification.Confirmed.class, scans.scan(scanning, code));
    shows.confirm(next(hers, Verification.Scanned.class));
    next(hers, Verification.Done.class);
    next(his, Verification.Done.class);
    assertEquals(Security.IdentityTrust.VERIFIED, shows.identity(other.user()));
    assertEquals(Security.IdentityTrust.VERIFIED, scans.identity(person.user()));
  }

  private static <V extends Verification> V next(Heard<Verification> heard, Class<V> phase)
      throws InterruptedException {
    return phase.cast(heard.await(phase::isInstance));
  }
}
