package dev.sotto.client.encryption.verification;

import dev.sotto.protocol.json.CanonicalJson;

/// Both sides of one verification.
record Parties(Own own, TheirKeys theirs, String transaction) {

  /// @throws Breach if one of their keys is another by now
  void requireUnchanged() throws Breach {
    theirs.requireUnchanged(own.keys());
  }

  /// Whether this side's start counts if both have sent one.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#key-verification-framework
  boolean ourStartCounts() {
    int users = CanonicalJson.CODE_POINT_ORDER.compare(own.user().value(), theirs.user().value());
    int devices =
        CanonicalJson.CODE_POINT_ORDER.compare(own.device().value(), theirs.device().value());
    return users == 0 ? devices < 0 : users < 0;
  }

  /// What the code that people compare is tied to.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#sas-hkdf-calculation
  String codeInfo(boolean weStarted, String ourKey, String theirKey) {
    String us = own.user() + "|" + own.device() + "|" + ourKey + "|";
    String them = theirs.user() + "|" + theirs.device() + "|" + theirKey + "|";
    return "MATRIX_KEY_VERIFICATION_SAS|" + (weStarted ? us + them : them + us) + transaction;
  }

  /// What the codes of keys that we vouch for are tied to, before the key's id.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#mac-calculation
  String ourMacInfo() {
    return macInfo(own.user() + "" + own.device(), theirs.user() + "" + theirs.device());
  }

  /// As [#ourMacInfo], for the keys that they vouch for.
  String theirMacInfo() {
    return macInfo(theirs.user() + "" + theirs.device(), own.user() + "" + own.device());
  }

  private String macInfo(String sender, String receiver) {
    return "MATRIX_KEY_VERIFICATION_MAC" + sender + receiver + transaction;
  }
}
