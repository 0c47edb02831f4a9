package dev.sotto.client.engine;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.locks.ReentrantLock;

/// Owns an object of the native library. It is released once, by `close()` or, where that was
/// forgotten, some time after nobody can reach the handle any more. Calls and release exclude each
/// other: the library would read freed memory otherwise, without noticing.
final class Handle implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  /// What is done with an object's pointer, which is good only until it returns.
  interface Use<T, X extends Exception> {
    T on(long pointer) throws X;
  }

  /// What is done with two objects' pointers.
  interface Use2<T, X extends Exception> {
    T on(long pointer, long other) throws X;
  }

  /// The release, which must not refer to the handle: it could never be collected.
  private record Release(Native free, long pointer) implements Runnable {
    @Override
    public void run() {
      free.run(pointer);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final String name;
  private final long pointer;
  private final Cleaner.Cleanable release;
  private boolean closed;

  /// Takes over the object at `pointer`.
  ///
  /// @param name what it is, for the message of a call after `close()`
  Handle(String name, long pointer, Native free) {
    if (pointer == 0) {
      throw new IllegalStateException("the engine made no " + name);
    }
    this.name = name;
    this.pointer = pointer;
    this.release = CLEANER.register(this, new Release(free, pointer));
  }

  /// @throws IllegalStateException if it is closed
  <T, X extends Exception> T use(Use<T, X> use) throws X {
    lock.lock();
    try {
      requireOpen();
      return use.on(pointer);
    } finally {
      lock.unlock();
      Reference.reachabilityFence(this);
    }
  }

  /// Uses two objects at once. Locks are taken in the order of the pointers, so that two threads
  /// which do this crosswise cannot wait for each other.
  ///
  /// @throws IllegalStateException if either is closed
  static <T, X extends Exception> T use(Handle first, Handle second, Use2<T, X> use) throws X {
    if (first == second) {
      return first.use(pointer -> use.on(pointer, pointer));
    }
    if (first.pointer == second.pointer) {
      // The memory of one was given to the other: the first of them is closed.
      throw first.closedException();
    }
    Handle lower = first.pointer < second.pointer ? first : second;
    Handle upper = first.pointer < second.pointer ? second : first;
    return lower.use(_ -> upper.use(_ -> use.on(first.pointer, second.pointer)));
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      release.clean();
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw closedException();
    }
  }

  private IllegalStateException closedException() {
    return new IllegalStateException("this " + name + " is closed");
  }
}
