package dev.sotto.client.encryption.megolm;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.client.memory.Recent;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Remembers why others do not share sessions. It is a word of the server's, only good to be shown
/// where a message cannot be read.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#reporting-that-decryption-keys-are-withheld
final class WithheldKeys {
  /// What it means when it is about nothing in particular.
  static final String NO_OLM = "m.no_olm";

  /// What bundles of a room's history say of the keys that are not in them.
  static final String HISTORY_NOT_SHARED = "m.history_not_shared";

  private static final Set<String> CODES =
      Set.of("m.blacklisted", "m.unverified", "m.unauthorised", NO_OLM);

  /// Who does not share history is not who made the session: it is kept for all.
  private static final String ANYBODY = "*";

  /// The rooms of all: no room has this id.
  private static final String NO_ROOM = "no_olm";

  private static final int MOST_OF_A_ROOM = 1000;
  private static final int COUNTED = 100;

  private final CryptoStore store;
  private final Recent<String, Integer> counts = new Recent<>(COUNTED);

  WithheldKeys(CryptoStore store) {
    this.store = store;
  }

  /// Hears the content of `m.room_key.withheld`. Codes that say nothing of what the maker of the
  /// session wants, or that nobody knows, are passed over.
  void heard(UserId sender, ObjectNode content) {
    Optional<String> code = Fields.text(content, "code").filter(CODES::contains);
    if (code.isEmpty() || !Fields.isMegolm(content)) {
      return;
    }
    Optional<RoomId> room = Fields.room(content, "room_id");
    Optional<String> session = Fields.session(content, "session_id");
    if (room.isPresent() && session.isPresent()) {
      keep(room.get().value(), session.get() + " " + sender, code.get());
    } else if (code.get().equals(NO_OLM)) {
      Fields.curve25519(content, "sender_key")
          .ifPresent(key -> keep(NO_ROOM, key.base64() + " " + sender, NO_OLM));
    }
  }

  /// Hears what a bundle says of a key that is not in it.
  void heardOfHistory(ObjectNode content) {
    Optional<SessionName> name = Fields.sessionName(content);
    if (name.isPresent() && HISTORY_NOT_SHARED.equals(content.path("code").stringValue(null))) {
      String room = name.get().room().value();
      keep(room, name.get().sessionId() + " " + ANYBODY, HISTORY_NOT_SHARED);
    }
  }

  private void keep(String group, String name, String code) {
    Integer counted = counts.get(group);
    int count = counted == null ? store.group(Shelf.WITHHELD, group).size() : counted;
    if (count < MOST_OF_A_ROOM || store.get(Shelf.WITHHELD, group, name).isPresent()) {
      store.apply(List.of(new Change.Put(Shelf.WITHHELD, group, name, code.getBytes(UTF_8))));
      // Too high where it was there before, which only makes the next one be counted.
      count++;
    }
    if (count <= MOST_OF_A_ROOM) {
      counts.put(group, count);
    } else {
      counts.remove(group);
    }
  }

  /// Why `sender` does not share this session, if that was said.
  ///
  /// @param senderKey what the event says of the device that sent it
  Optional<String> code(SessionName session, UserId sender, Optional<String> senderKey) {
    Optional<byte[]> said =
        store.get(Shelf.WITHHELD, session.room().value(), session.sessionId() + " " + sender);
    if (said.isEmpty() && senderKey.isPresent()) {
      said = store.get(Shelf.WITHHELD, NO_ROOM, senderKey.get() + " " + sender);
    }
    if (said.isEmpty()) {
      said = store.get(Shelf.WITHHELD, session.room().value(), session.sessionId() + " " + ANYBODY);
    }
    return said.map(code -> new String(code, UTF_8));
  }
}
