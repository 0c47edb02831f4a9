/// What servers and clients of Matrix have in common: ids, events, canonical JSON, signatures, and
/// the rules of room versions.
module dev.sotto.protocol {
  requires com.fasterxml.jackson.annotation;
  requires org.bouncycastle.provider;
  // Read while a program runs, too: which members of a record may be absent.
  requires org.jspecify;
  requires transitive tools.jackson.databind;

  exports dev.sotto.protocol.crypto;
  exports dev.sotto.protocol.error;
  exports dev.sotto.protocol.event;
  exports dev.sotto.protocol.id;
  exports dev.sotto.protocol.json;
  exports dev.sotto.protocol.rules;
}
