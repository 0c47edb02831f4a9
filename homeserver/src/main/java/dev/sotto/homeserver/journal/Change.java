package dev.sotto.homeserver.journal;

/// One durable change, all or nothing.
///
/// It may be run twice, when the batch it shared was rolled back, so it must touch nothing but its
/// transaction; what belongs into memory goes to [Transaction#afterCommit].
@FunctionalInterface
public interface Change<T> {
  T apply(Transaction transaction);
}
