package dev.sotto.client.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sotto.client.memory.Secret;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The memory of one call: arguments copied in, slots for the results, and the objects that live
/// only as long as the call. Arguments and results are wiped, since many are secret.
final class Call implements AutoCloseable {
  /// More than an event may have, less than what a machine has.
  static final int MAX_BYTES = 16 << 20;

  private static final int SLOTS = 5;

  /// Enough for the results and arguments of most calls, so that memory is asked for once.
  private static final int BLOCK_BYTES = 1024;

  private static final Native DEALLOC = Native.of("dealloc", "V(PPP)");

  private record Owned(Native free, long pointer, @Nullable Owned before) {}

  private record Large(MemorySegment memory, @Nullable Large before) {}

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment block = arena.allocate(BLOCK_BYTES, Long.BYTES);
  private long used = SLOTS * Long.BYTES;
  private @Nullable Large large;
  private @Nullable Owned owned;

  /// Where the function writes its results.
  long out() {
    return block.address();
  }

  /// A pointer or size among the results.
  long slot(int index) {
    return block.getAtIndex(JAVA_LONG, index);
  }

  /// A 32-bit number among the results; the rest of its slot is not written.
  int number(int index) {
    return (int) slot(index);
  }

  /// Copies an argument in.
  ///
  /// @throws IllegalArgumentException if it is larger than anything here has reason to be: the
  ///   library ends the process when it finds no memory
  long bytes(byte[] argument) {
    requireSize(argument);
    // Never of length zero, because the library takes no null pointers.
    MemorySegment copy = memory(Math.max(argument.length, 1));
    MemorySegment.copy(argument, 0, copy, JAVA_BYTE, 0, argument.length);
    return copy.address();
  }

  /// Copies a secret in.
  long secret(Secret secret) {
    byte[] bytes = secret.bytes();
    try {
      return bytes(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  static void requireSize(byte[] argument) {
    if (argument.length > MAX_BYTES) {
      throw new IllegalArgumentException("at most 16 MiB can be encrypted at once");
    }
  }

  /// Takes an object that is released at the end of the call.
  ///
  /// @throws IllegalStateException if there is none
  long own(long pointer, Native free) {
    if (pointer == 0) {
      throw new IllegalStateException("the engine gave nothing back");
    }
    owned = new Owned(free, pointer, owned);
    return pointer;
  }

  /// @throws EngineException if the first slot tells of a failure, described by the next two
  void check() throws EngineException {
    if (number(0) != 0) {
      throw EngineException.ofText(take(1));
    }
  }

  /// The buffer at this slot, its length at the next; the library's own is released.
  byte[] take(int index) {
    return takeBuffer(slot(index), slot(index + 1));
  }

  /// The pointers at this slot, their number at the next; the library's list of them is released.
  @SuppressWarnings("restricted")
  long[] takePointers(int index) {
    long pointer = slot(index);
    long length = slot(index + 1);
    if (length == 0) {
      return new long[0];
    }
    long size = length * Long.BYTES;
    long[] pointers = MemorySegment.ofAddress(pointer).reinterpret(size).toArray(JAVA_LONG);
    DEALLOC.run(pointer, size, (long) Long.BYTES);
    return pointers;
  }

  @SuppressWarnings("restricted")
  static byte[] takeBuffer(long pointer, long length) {
    if (length == 0) {
      return new byte[0];
    }
    MemorySegment buffer = MemorySegment.ofAddress(pointer).reinterpret(length);
    byte[] bytes = buffer.toArray(JAVA_BYTE);
    buffer.fill((byte) 0);
    DEALLOC.run(pointer, length, 1L);
    return bytes;
  }

  /// What a function writes of an object that has a fixed length.
  byte[] read(Native toBytes, long object, int length) {
    MemorySegment bytes = memory(length);
    toBytes.run(object, bytes.address());
    return bytes.toArray(JAVA_BYTE);
  }

  private MemorySegment memory(int length) {
    if (length > BLOCK_BYTES - used) {
      MemorySegment memory = arena.allocate(length);
      large = new Large(memory, large);
      return memory;
    }
    MemorySegment memory = block.asSlice(used, length);
    used += length;
    return memory;
  }

  @Override
  public void close() {
    for (Owned object = owned; object != null; object = object.before) {
      object.free.run(object.pointer);
    }
    for (Large each = large; each != null; each = each.before) {
      each.memory.fill((byte) 0);
    }
    block.asSlice(0, used).fill((byte) 0);
    arena.close();
  }
}
