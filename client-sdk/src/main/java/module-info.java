/// A Matrix client in Java, with end-to-end encryption: see [dev.sotto.client.MatrixClient].
module dev.sotto.client {
  requires com.h2database;
  requires static info.picocli;
  requires java.logging;
  requires java.net.http;
  requires org.bouncycastle.provider;
  requires static org.jline.reader;
  requires static org.jline.terminal;
  requires static org.jspecify;
  requires transitive dev.sotto.protocol;
  // Holds the library of the engine; a resource is found only in modules that somebody requires.
  requires trixnity.vodozemac.binaries.jvm;

  exports dev.sotto.client;
  exports dev.sotto.client.error;
  exports dev.sotto.client.event;
  exports dev.sotto.client.verification;

  // Their records are kept or sent as JSON.
  opens dev.sotto.client.encryption.device to
      dev.sotto.protocol,
      tools.jackson.databind;
  opens dev.sotto.client.encryption.megolm to
      dev.sotto.protocol,
      tools.jackson.databind;
  opens dev.sotto.client.encryption.olm to
      dev.sotto.protocol,
      tools.jackson.databind;
  opens dev.sotto.client.encryption.secrets to
      dev.sotto.protocol,
      tools.jackson.databind;
  opens dev.sotto.client.http to
      dev.sotto.protocol,
      tools.jackson.databind;
  opens dev.sotto.client.terminal to
      info.picocli;
  opens dev.sotto.client.terminal.chat to
      info.picocli;
  opens dev.sotto.client.terminal.demo to
      info.picocli;
}
