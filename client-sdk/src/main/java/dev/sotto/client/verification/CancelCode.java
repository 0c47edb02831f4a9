package dev.sotto.client.verification;

/// Why a verification ended without success.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mkeyverificationcancel
public enum CancelCode {
  /// The user did not want it.
  USER("m.user", "The user cancelled the verification."),
  /// It took too long.
  TIMEOUT("m.timeout", "The verification took too long."),
  /// The device does not know, or no longer, what it is about.
  UNKNOWN_TRANSACTION("m.unknown_transaction", "This verification is not known here."),
  /// The devices have no method in common.
  UNKNOWN_METHOD("m.unknown_method", "The devices have no method in common."),
  /// A message came out of order.
  UNEXPECTED_MESSAGE("m.unexpected_message", "A message came out of order."),
  /// A key is not the one it was taken for: somebody may be in between.
  KEY_MISMATCH("m.key_mismatch", "A key is not the one it was taken for."),
  /// It is another user than expected.
  USER_MISMATCH("m.user_mismatch", "The user is another than expected."),
  /// A message made no sense.
  INVALID_MESSAGE("m.invalid_message", "A message made no sense."),
  /// Another device has taken the request over.
  ACCEPTED("m.accepted", "Another device has accepted the request."),
  /// The key is not the one that was committed to: somebody may be in between.
  MISMATCHED_COMMITMENT("m.mismatched_commitment", "The key is not the one committed to."),
  /// The users saw different codes: somebody may be in between.
  MISMATCHED_SAS("m.mismatched_sas", "The users saw different codes."),
  /// What the other side gave as a code is none of these, or a message could not be sent.
  OTHER("", "The verification could not go on.");

  private final String value;
  private final String sentence;

  CancelCode(String value, String sentence) {
    this.value = value;
    this.sentence = sentence;
  }

  /// As it is sent; empty for [#OTHER].
  public String value() {
    return value;
  }

  /// The same for people.
  public String sentence() {
    return sentence;
  }
}
