package dev.sotto.client.store;

import dev.sotto.client.error.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Keeps what a device must not forget: its keys, sessions, and what it knows of others.
///
/// For one process and any number of threads. What it hands out is the caller's to change.
public interface CryptoStore extends AutoCloseable {
  /// What is kept under a name.
  ///
  /// @throws StoreException if it cannot be read, or was tampered with
  Optional<byte[]> get(Shelf shelf, String group, String name);

  /// All that is kept in a group, by name.
  ///
  /// @throws StoreException if it cannot be read, or was tampered with
  Map<String, byte[]> group(Shelf shelf, String group);

  /// Makes all of these changes in their order, or none. What it returned from survives a crash.
  ///
  /// @throws StoreException if they cannot be kept
  void apply(List<Change> changes);

  /// Drops everything, at once. What it returned from survives a crash.
  ///
  /// @throws StoreException if that cannot be done; then all is still there
  void clear();

  /// Ends the use; what was applied stays.
  @Override
  void close();
}
