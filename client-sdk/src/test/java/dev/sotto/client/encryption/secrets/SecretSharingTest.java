package dev.sotto.client.encryption.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class SecretSharingTest {
  private static final SecretName NAME = SecretName.BACKUP;

  private final Sharer phone = new Sharer("@alice:example.org", "PHONE");
  private final Sharer laptop = new Sharer("@alice:example.org", "LAPTOP");
  private final Sharer tablet = new Sharer("@alice:example.org", "TABLET");

  @AfterEach
  void close() {
    phone.close();
    laptop.close();
    tablet.close();
  }

  private void everybodyIsVerified() {
    phone.knows(laptop, tablet);
    laptop.knows(phone, tablet);
    tablet.knows(phone, laptop);
  }

  private static String action(ObjectNode event) {
    return event.path("content").path("action").stringValue();
  }

  @Test
  void aSecretThatIsAskedForComesAndTheOthersHearThatItDid() {
    everybodyIsVerified();
    laptop.secrets.put(NAME, "good");
    assertEquals(2, phone.sharing.request(NAME));
    phone.restart();
    assertEquals("request", action(phone.outbox(tablet).getFirst()));
    phone.delivers(laptop);
    laptop.claims(phone);
    List<ObjectNode> sent = laptop.outbox(phone);
    assertEquals(OlmChannel.ENCRYPTED, sent.getFirst().path("type").stringValue());
    assertEquals(NAME, phone.hears(sent.getFirst()).orElseThrow());
    assertEquals(Map.of(NAME, "good"), phone.secrets);
    assertEquals("request_cancellation", action(phone.outbox(tablet).getFirst()));
    assertEquals(List.of(), phone.outbox(laptop));
    phone.restart();
    nothingIsAskedFor();
  }

  /// There is nothing to take back.
  private void nothingIsAskedFor() {
    phone.outbox(laptop);
    phone.sharing.cancel(NAME);
    assertEquals(List.of(), phone.outbox(laptop));
  }

  @Test
  void onlyVerifiedDevicesAreAsked() {
    everybodyIsVerified();
    phone.verified.remove("TABLET");
    assertEquals(1, phone.sharing.request(NAME));
    assertEquals(List.of(), phone.outbox(tablet));
    phone.verified.clear();
    assertEquals(0, phone.sharing.request(NAME));
    nothingIsAskedFor();
  }

  @Test
  void aDeviceGetsASecretOnceItIsVerified() {
    everybodyIsVerified();
    laptop.secrets.put(NAME, "good");
    laptop.verified.clear();
    phone.sharing.request(NAME);
    phone.delivers(laptop);
    laptop.claims(phone);
    assertEquals(List.of(), laptop.outbox(phone));
    laptop.verified.add("PHONE");
    laptop.sharing.settle();
    laptop.claims(phone);
    assertEquals(List.of(NAME), laptop.delivers(phone));
  }

  @Test
  void aRequestIsForgottenAfterAWhileOrWhenItIsTakenBack() {
    everybodyIsVerified();
    laptop.secrets.put(NAME, "good");
    tablet.secrets.put(NAME, "good");
    laptop.verified.clear();
    tablet.verified.clear();
    phone.sharing.request(NAME);
    phone.delivers(laptop);
    phone.delivers(tablet);
    phone.sharing.cancel(NAME);
    phone.delivers(laptop);
    tablet.now = tablet.now.plus(Duration.ofMinutes(11));
    for (Sharer other : List.of(laptop, tablet)) {
      other.verified.add("PHONE");
      other.sharing.settle();
      assertTrue(other.channel.claim().isEmpty());
      assertEquals(List.of(), other.outbox(phone));
    }
  }

  @Test
  void aRequestIsAnsweredOnce() {
    everybodyIsVerified();
    laptop.secrets.put(NAME, "good");
    phone.sharing.request(NAME);
    List<ObjectNode> requests = phone.outbox(laptop);
    laptop.hears(requests.getFirst());
    laptop.claims(phone);
    assertEquals(1, laptop.outbox(phone).size());
    laptop.hears(requests.getFirst());
    assertEquals(List.of(), laptop.outbox(phone));
  }

  @Test
  void aSecretOfNoUseIsNotTakenAndAnotherDeviceMaySendABetterOne() {
    everybodyIsVerified();
    laptop.secrets.put(NAME, "bad");
    tablet.secrets.put(NAME, "good");
    phone.sharing.request(NAME);
    for (Sharer other : List.of(laptop, tablet)) {
      phone.delivers(other);
    }
    laptop.claims(phone);
    assertEquals(List.of(), laptop.delivers(phone));
    tablet.claims(phone);
    assertEquals(List.of(NAME), tablet.delivers(phone));
  }

  /// The laptop sends this without having been asked as it should.
  private List<SecretName> sends(String requestId) {
    laptop.channel.want(List.of(phone.device()));
    laptop.claims(phone);
    ObjectNode secret = Json.object().put("request_id", requestId).put("secret", "good");
    ObjectNode event =
        Json.object()
            .put("type", OlmChannel.ENCRYPTED)
            .put("sender", laptop.account.user().value());
    event.set(
        "content",
        laptop.channel.encrypt(phone.device(), SecretSharing.SEND, secret).orElseThrow());
    return phone.hears(event).stream().toList();
  }

  private String requestId() {
    return phone.outbox(tablet).getFirst().path("content").path("request_id").stringValue();
  }

  @Test
  void whatNobodyAskedForIsNotTaken() {
    everybodyIsVerified();
    phone.sharing.request(NAME);
    assertEquals(List.of(), sends("other"));
    assertEquals(List.of(NAME), sends(requestId()));
  }

  @Test
  void whoWasNotAskedOrIsNotVerifiedAnyMoreIsNotBelieved() {
    everybodyIsVerified();
    phone.verified.remove("LAPTOP");
    phone.sharing.request(NAME);
    String id = requestId();
    assertEquals(List.of(), sends(id));
    phone.verified.add("LAPTOP");
    assertEquals(List.of(), sends(id));
    phone.sharing.request(NAME);
    phone.verified.remove("LAPTOP");
    assertEquals(
        List.of(),
        sends(phone.outbox(tablet).get(1).path("content").path("request_id").stringValue()));
  }

  @Test
  void requestsOfOthersAndRubbishArePassedOver() {
    everybodyIsVerified();
    laptop.secrets.put(NAME, "good");
    phone.sharing.request(NAME);
    ObjectNode content = (ObjectNode) phone.outbox(laptop).getFirst().path("content");
    laptop.sharing.requested(new UserId("@bob:example.org"), content);
    laptop.sharing.requested(
        laptop.account.user(), content.deepCopy().put("requesting_device_id", "LAPTOP"));
    laptop.sharing.requested(
        laptop.account.user(), content.deepCopy().put("requesting_device_id", "NOBODY"));
    for (String field : List.copyOf(content.propertyNames())) {
      laptop.sharing.requested(laptop.account.user(), content.deepCopy().put(field, 7));
      laptop.sharing.requested(laptop.account.user(), content.deepCopy().put(field, ""));
      laptop.sharing.requested(
          laptop.account.user(), content.deepCopy().put(field, "x".repeat(1000)));
    }
    laptop.sharing.requested(laptop.account.user(), Json.parse("[]"));
    assertTrue(laptop.channel.claim().isEmpty());
    assertEquals(List.of(), laptop.outbox(phone));
  }
}
