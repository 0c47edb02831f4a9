package dev.sotto.client.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/// One function of the native library. Pointers and sizes are `long`, numbers `int`; a function
/// that has more than one result writes them to slots of eight bytes at its first argument.
///
/// The methods differ only in what they take. Held in a `static final` field, a function is a
/// constant to the compiler, and a call costs some nanoseconds.
record Native(MethodHandle handle) {

  /// The function of this name.
  ///
  /// @param shape the result and the parameters, such as `P(PPI)`: P for a pointer or size, I for a
  ///   number, V for nothing
  static Native of(String name, String shape) {
    return new Native(Library.instance().function(name, signature(shape)));
  }

  static FunctionDescriptor signature(String shape) {
    MemoryLayout[] parameters =
        shape
            .substring(2, shape.length() - 1)
            .chars()
            .mapToObj(Native::layout)
            .toArray(MemoryLayout[]::new);
    return shape.charAt(0) == 'V'
        ? FunctionDescriptor.ofVoid(parameters)
        : FunctionDescriptor.of(layout(shape.charAt(0)), parameters);
  }

  private static MemoryLayout layout(int letter) {
    return switch (letter) {
      case 'P' -> JAVA_LONG;
      case 'I' -> JAVA_INT;
      default -> throw new IllegalArgumentException("no letter of a shape");
    };
  }

  long pointer() {
    try {
      return (long) handle.invokeExact();
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  long pointer(long a) {
    try {
      return (long) handle.invokeExact(a);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  long pointer(long a, int b) {
    try {
      return (long) handle.invokeExact(a, b);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  long pointer(long a, long b) {
    try {
      return (long) handle.invokeExact(a, b);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  long pointer(long a, long b, int c) {
    try {
      return (long) handle.invokeExact(a, b, c);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  long pointer(long a, long b, long c, long d) {
    try {
      return (long) handle.invokeExact(a, b, c, d);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  long pointer(long a, long b, int c, long d, int e) {
    try {
      return (long) handle.invokeExact(a, b, c, d, e);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  int number(long a) {
    try {
      return (int) handle.invokeExact(a);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  int number(long a, long b) {
    try {
      return (int) handle.invokeExact(a, b);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  int number(long a, long b, int c, long d, int e, long f) {
    try {
      return (int) handle.invokeExact(a, b, c, d, e, f);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  void run(long a) {
    try {
      handle.invokeExact(a);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  void run(long a, long b) {
    try {
      handle.invokeExact(a, b);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  void run(long a, long b, int c) {
    try {
      handle.invokeExact(a, b, c);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  void run(long a, long b, long c) {
    try {
      handle.invokeExact(a, b, c);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  void run(long a, int b, long c, int d) {
    try {
      handle.invokeExact(a, b, c, d);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  void run(long a, long b, int c, long d) {
    try {
      handle.invokeExact(a, b, c, d);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  void run(long a, long b, long c, int d) {
    try {
      handle.invokeExact(a, b, c, d);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  void run(long a, long b, long c, long d) {
    try {
      handle.invokeExact(a, b, c, d);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  void run(long a, long b, long c, long d, long e) {
    try {
      handle.invokeExact(a, b, c, d, e);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  void run(long a, long b, int c, long d, int e, long f) {
    try {
      handle.invokeExact(a, b, c, d, e, f);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  void run(long a, long b, long c, int d, long e, int f, long g) {
    try {
      handle.invokeExact(a, b, c, d, e, f, g);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  /// Native code throws nothing; what comes is ours (no library, wrong shape).
  private static RuntimeException thrown(Throwable t) {
    return switch (t) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> throw new AssertionError(t);
    };
  }
}
