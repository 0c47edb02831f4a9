package dev.sotto.client.engine;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// vodozemac's native library: taken out of the jar and loaded once for the whole process, or the
/// reason why that did not work.
sealed interface Library {

  /// Calls the function of this name.
  MethodHandle function(String name, FunctionDescriptor signature);

  /// The one library of this process. That it could not be loaded is kept here, so that each use
  /// says why: a class that fails to initialize would say it once, and nothing of use ever after.
  static Library instance() {
    return Holder.LIBRARY;
  }

  /// Waits with loading until the first use.
  final class Holder {
    private static final Library LIBRARY = open(Platform.current());

    private Holder() {}
  }

  /// It is there.
  record Loaded(SymbolLookup symbols) implements Library {
    @Override
    @SuppressWarnings("restricted")
    public MethodHandle function(String name, FunctionDescriptor signature) {
      return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), signature);
    }
  }

  /// It is not; `message` says what to do about it.
  record Missing(String message, Throwable cause) implements Library {
    private static final MethodHandle EXCEPTION = exceptionHandle();

    /// A new one for each failed call, with that call's stack trace.
    EngineUnavailableException exception() {
      return new EngineUnavailableException(message, cause);
    }

    @Override
    public MethodHandle function(String name, FunctionDescriptor signature) {
      MethodType type = signature.toMethodType();
      MethodHandle thrower =
          MethodHandles.throwException(type.returnType(), EngineUnavailableException.class);
      MethodHandle refusal = MethodHandles.foldArguments(thrower, EXCEPTION.bindTo(this));
      return MethodHandles.dropArguments(refusal, 0, type.parameterList());
    }

    private static MethodHandle exceptionHandle() {
      try {
        return MethodHandles.lookup()
            .findVirtual(
                Missing.class,
                "exception",
                MethodType.methodType(EngineUnavailableException.class));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(e.getMessage(), e);
      }
    }
  }

  /// Loads the library for a platform.
  @SuppressWarnings("restricted")
  static Library open(Platform platform) {
    try {
      Path folder = Files.createTempDirectory("sotto-engine", onlyForUs());
      try {
        Path file = folder.resolve(platform.fileName());
        extract(platform, file);
        // Not System.load: that would run JNI_OnLoad, which asks for Kotlin classes.
        return new Loaded(SymbolLookup.libraryLookup(file, Arena.global()));
      } finally {
        remove(folder, platform);
      }
    } catch (FileNotFoundException e) {
      return new Missing(
          "There is no encryption library for %s on %s: it is made for Linux, macOS and Windows."
              .formatted(platform.system(), platform.processor()),
          e);
    } catch (IOException e) {
      return new Missing(
          "The encryption library could not be written to " + temporary() + ": " + e, e);
    } catch (IllegalCallerException e) {
      return new Missing(nativeAccess(), e);
    } catch (IllegalArgumentException e) {
      return new Missing(
          """
          The encryption library could not be loaded from %s: %s. If programs may not run from \
          that folder, choose another one with -Djava.io.tmpdir=FOLDER; on Linux, glibc 2.34 or \
          newer is needed."""
              .formatted(temporary(), e.getMessage()),
          e);
    }
  }

  private static String nativeAccess() {
    Module module = Library.class.getModule();
    String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
    return """
        Encryption needs native code: add --enable-native-access=%s to the java command, or the \
        line 'Enable-Native-Access: ALL-UNNAMED' to the manifest of the jar that is started."""
        .formatted(name);
  }

  private static String temporary() {
    return System.getProperty("java.io.tmpdir");
  }

  /// Another user of this machine could otherwise put a library of their own in its place.
  private static FileAttribute<?>[] onlyForUs() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  private static void extract(Platform platform, Path file) throws IOException {
    // The class loader's, because the natives' jar would be another module than this.
    ClassLoader loader = Library.class.getClassLoader();
    try (InputStream in = loader.getResourceAsStream(platform.resource())) {
      if (in == null) {
        throw new FileNotFoundException(platform.resource());
      }
      Files.copy(in, file);
    }
  }

  /// A loaded library needs its file no more, except on Windows, which then keeps it.
  private static void remove(Path folder, Platform platform) {
    try {
      Files.deleteIfExists(folder.resolve(platform.fileName()));
      Files.delete(folder);
    } catch (IOException _) {
      folder.toFile().deleteOnExit();
    }
  }
}
