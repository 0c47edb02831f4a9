package dev.sotto.client.engine;

/// Objects at rest. The library would write a pickle without encryption if it were given no key.
record Pickles(Native write, Native read) {

  /// For the objects with this name in the library.
  static Pickles of(String name) {
    return new Pickles(
        Native.of("vodozemac_" + name + "_pickle", "V(PPP)"),
        Native.of("vodozemac_" + name + "_from_pickle", "V(PPIP)"));
  }

  byte[] write(Handle handle, PickleKey key) {
    return handle.use(
        object -> {
          try (Call call = new Call()) {
            write.run(call.out(), object, call.secret(key));
            return call.take(0);
          }
        });
  }

  /// A pointer to the new object.
  ///
  /// @throws EngineException WRONG_KEY if another key made the pickle, or it was altered; DAMAGED
  ///   if it is none
  long read(byte[] pickle, PickleKey key) throws EngineException {
    byte[] text = Texts.requireAscii(pickle);
    try (Call call = new Call()) {
      read.run(call.out(), call.bytes(text), text.length, call.secret(key));
      call.check();
      return call.slot(1);
    }
  }
}
