package dev.sotto.client.encryption.identity;

import dev.sotto.client.encryption.request.OutgoingRequest.SignaturesUpload;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Signatures that the server does not have yet. One that it refuses waits for the next news of
/// keys, and is given up when it was refused a few times.
final class SignatureQueue {
  private static final String GROUP = "signatures";
  private static final int MOST_AT_ONCE = 100;
  private static final int MOST_REFUSALS = 3;

  private final CryptoStore store;
  private final RequestIds ids;
  private final Map<Target, Waiting> waiting = new LinkedHashMap<>();
  private @Nullable SignaturesUpload underWay;

  /// What is signed.
  ///
  /// @param id a device's id, or a public key
  record Target(UserId user, String id) {
    /// No id contains a line break.
    private String name() {
      return user.value() + "\n" + id;
    }
  }

  /// @param held whether it is not to be sent for now
  private record Waiting(ObjectNode signed, int refusals, boolean held) {}

  SignatureQueue(CryptoStore store, RequestIds ids) {
    this.store = store;
    this.ids = ids;
    store.group(Shelf.REQUESTS, GROUP).values().forEach(this::read);
  }

  private void read(byte[] kept) {
    ObjectNode json = Json.parseObject(kept);
    Target target =
        new Target(new UserId(json.path("user").stringValue()), json.path("id").stringValue());
    ObjectNode signed = (ObjectNode) json.path("signed");
    waiting.put(target, new Waiting(signed, json.path("refusals").intValue(), false));
  }

  /// Takes up a signature in place of an earlier one of the same.
  ///
  /// @param signed the object with no signature but this one
  /// @return what is to be kept for that
  Change add(Target target, ObjectNode signed) {
    return put(target, new Waiting(signed, 0, false));
  }

  private Change put(Target target, Waiting entry) {
    waiting.put(target, entry);
    ObjectNode json =
        Json.object()
            .put("user", target.user.value())
            .put("id", target.id)
            .put("refusals", entry.refusals);
    json.set("signed", entry.signed);
    return new Change.Put(Shelf.REQUESTS, GROUP, target.name(), Json.bytes(json));
  }

  boolean has(Target target) {
    return waiting.containsKey(target);
  }

  /// Lets those be sent again that were refused.
  void release() {
    waiting.replaceAll((_, entry) -> new Waiting(entry.signed, entry.refusals, false));
  }

  Optional<SignaturesUpload> upload() {
    if (underWay != null) {
      return Optional.empty();
    }
    ObjectNode body = Json.object();
    waiting.entrySet().stream()
        .filter(entry -> !entry.getValue().held)
        .limit(MOST_AT_ONCE)
        .forEach(
            entry ->
                body.withObjectProperty(entry.getKey().user.value())
                    .set(entry.getKey().id, entry.getValue().signed));
    if (body.isEmpty()) {
      return Optional.empty();
    }
    SignaturesUpload request = new SignaturesUpload(ids.next(), body);
    underWay = request;
    return Optional.of(request);
  }

  /// The server's answer.
  ///
  /// @return the signatures that it has now, by what they sign
  Map<Target, ObjectNode> sent(SignaturesUpload request, ObjectNode answer) {
    return settled(
        request, target -> answer.path("failures").path(target.user.value()).has(target.id));
  }

  /// The server does not take any of them.
  void refused(SignaturesUpload request) {
    settled(request, _ -> true);
  }

  private Map<Target, ObjectNode> settled(SignaturesUpload request, Predicate<Target> refused) {
    Map<Target, ObjectNode> accepted = new LinkedHashMap<>();
    if (!request.equals(underWay)) {
      return accepted;
    }
    underWay = null;
    List<Change> changes = new ArrayList<>();
    for (Target target : List.copyOf(waiting.keySet())) {
      Waiting entry = waiting.get(target);
      // Only what was sent: another signature may have taken its place since.
      if (entry != null
          && entry.signed.equals(request.body().path(target.user.value()).path(target.id))) {
        changes.add(settled(target, entry, refused.test(target), accepted));
      }
    }
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
    return accepted;
  }

  private Change settled(
      Target target, Waiting entry, boolean refused, Map<Target, ObjectNode> accepted) {
    if (refused && entry.refusals + 1 < MOST_REFUSALS) {
      return put(target, new Waiting(entry.signed, entry.refusals + 1, true));
    }
    waiting.remove(target);
    if (!refused) {
      accepted.put(target, entry.signed);
    }
    return new Change.Delete(Shelf.REQUESTS, GROUP, target.name());
  }

  /// It is not known whether the server has them; they are sent again.
  void failed(SignaturesUpload request) {
    if (request.equals(underWay)) {
      underWay = null;
    }
  }
}
