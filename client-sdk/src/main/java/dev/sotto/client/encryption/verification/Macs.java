package dev.sotto.client.encryption.verification;

import dev.sotto.client.engine.EstablishedSas;
import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.json.CanonicalJson;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The codes by which each side vouches for its keys, under the secret that both share.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mac-calculation
final class Macs {
  private static final String ED25519 = "ed25519:";
  private static final String ALL = "KEY_IDS";
  private static final int MAX_KEYS = 32;

  private Macs() {}

  /// What this side sends: for its device, and for its user's master key if that is trusted.
  static ObjectNode ours(EstablishedSas sas, Parties parties) {
    Own own = parties.own();
    Map<String, VerifyKey> keys = new TreeMap<>(CanonicalJson.CODE_POINT_ORDER);
    own.keys().trustedMasterKey().ifPresent(key -> keys.put(ED25519 + key.base64(), key));
    keys.put(ED25519 + own.device(), own.fingerprint());
    ObjectNode content = Json.object();
    ObjectNode macs = content.putObject("mac");
    String info = parties.ourMacInfo();
    keys.forEach((id, key) -> macs.put(id, sas.mac(key.base64(), info + id)));
    return content.put("keys", sas.mac(String.join(",", keys.keySet()), info + ALL));
  }

  /// What the other side's codes show. Of those for keys that are not known here nothing follows.
  ///
  /// @throws Breach KEY_MISMATCH if a code is wrong, or none is for a key that is known
  static Verified check(EstablishedSas sas, Parties parties, ObjectNode content) throws Breach {
    if (!(content.path("mac") instanceof ObjectNode macs) || macs.size() > MAX_KEYS) {
      throw new Breach(CancelCode.INVALID_MESSAGE);
    }
    List<String> ids = new ArrayList<>(macs.propertyNames());
    ids.sort(CanonicalJson.CODE_POINT_ORDER);
    String info = parties.theirMacInfo();
    require(sas.verifyMac(String.join(",", ids), info + ALL, Content.text(content, "keys")));
    TheirKeys theirs = parties.theirs();
    boolean device = matches(sas, macs, ED25519 + theirs.device(), theirs.fingerprint(), info);
    boolean master =
        theirs.master().isPresent()
            && matches(
                sas, macs, ED25519 + theirs.master().get().base64(), theirs.master().get(), info);
    require(device || master);
    return new Verified(
        theirs.user(),
        device ? Map.of(theirs.device(), theirs.fingerprint()) : Map.<DeviceId, VerifyKey>of(),
        master ? theirs.master() : Optional.empty());
  }

  /// Whether they vouch for a key.
  ///
  /// @throws Breach KEY_MISMATCH if they vouch for another by its id
  private static boolean matches(
      EstablishedSas sas, ObjectNode macs, String id, VerifyKey key, String info) throws Breach {
    JsonNode mac = macs.path(id);
    if (mac.isMissingNode()) {
      return false;
    }
    require(sas.verifyMac(key.base64(), info + id, mac.stringValue("")));
    return true;
  }

  private static void require(boolean condition) throws Breach {
    if (!condition) {
      throw new Breach(CancelCode.KEY_MISMATCH);
    }
  }
}
