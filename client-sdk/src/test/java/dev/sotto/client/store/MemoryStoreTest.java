package dev.sotto.client.store;

class MemoryStoreTest extends CryptoStoreContract {
  @Override
  CryptoStore open() {
    return new MemoryStore();
  }
}
