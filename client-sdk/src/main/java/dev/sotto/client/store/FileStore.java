package dev.sotto.client.store;

import dev.sotto.client.error.StoreException;
import dev.sotto.client.error.StoreException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/// Keeps everything sealed in one file, for one process at a time.
///
/// While it is open an empty file beside it, whose name ends in `.open`, says so: where that was
/// left behind, the last change is looked for by reading the whole file.
public final class FileStore implements CryptoStore {
  /// Leads from one format to the next.
  @FunctionalInterface
  interface Step {
    /// What is to be changed.
    ///
    /// @param before all as it is in the format before; only to be read
    List<Change> changes(CryptoStore before);
  }

  /// The first leads from format 1 to format 2, and so on. None is ever taken away or changed: a
  /// file of any age goes through all that are later than it.
  private static final List<Step> STEPS = List.of();

  private static final int CACHE_MIB = 4;
  private static final int FILL_RATE_PERCENT = 50;
  private static final int TIDIED_BYTES = 256 * 1024;
  private static final int CHANGES_BETWEEN_TIDYING = 64;

  private final MVStore file;
  private final Path openMark;
  private final MVMap<byte[], byte[]> entries;
  private final Seal seal;
  private int changes;
  private boolean closed;

  private FileStore(MVStore file, Path openMark, MVMap<byte[], byte[]> entries, Seal seal) {
    this.file = file;
    this.openMark = openMark;
    this.entries = entries;
    this.seal = seal;
  }

  /// Opens the store in `path`, which is made, for its owner only, where there is none.
  ///
  /// @param key what it is sealed with; not used after this
  /// @throws StoreException if it is in use, was made with another key, or cannot be used
  public static FileStore open(Path path, StoreKey key, SecureRandom random) {
    return open(path, key, random, STEPS);
  }

  /// @param steps lead to the format of today
  static FileStore open(Path path, StoreKey key, SecureRandom random, List<Step> steps) {
    Path openMark = path.resolveSibling(path.getFileName() + ".open");
    MVStore file = null;
    try {
      boolean leftOpen = Files.exists(openMark) && Files.exists(path);
      if (leftOpen) {
        // Also finds out whether somebody has it open right now.
        builder(path).recoveryMode().open().close();
      }
      if (Files.notExists(path)) {
        // It shows when its user is there, and a passphrase can be guessed at.
        OwnerOnly.create(path);
      }
      file = builder(path).open();
      file.setRetentionTime(0);
      file.setVersionsToKeep(0);
      mark(openMark);
      return unlocked(path, file, openMark, key, random, steps);
    } catch (MVStoreException e) {
      closeQuietly(file);
      throw unusable(path, e);
    } catch (IOException | IllegalArgumentException e) {
      // The latter is said of a folder that is not there.
      closeQuietly(file);
      throw new StoreException(Reason.UNUSABLE, "The store " + path + " cannot be used.", e);
    } catch (StoreException e) {
      closeQuietly(file);
      throw e;
    }
  }

  /// Forced, and its folder too: without the mark nobody looks for the last change.
  private static void mark(Path openMark) throws IOException {
    try (FileChannel channel =
        FileChannel.open(openMark, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    OwnerOnly.forceFolder(openMark);
  }

  /// `retry:` opens the file again where the interruption of a thread has closed it.
  private static MVStore.Builder builder(Path path) {
    return new MVStore.Builder()
        .fileName("retry:" + path.toAbsolutePath())
        .cacheSize(CACHE_MIB)
        .autoCommitDisabled()
        .autoCommitBufferSize(0);
  }

  private static void closeQuietly(@Nullable MVStore file) {
    if (file != null) {
      file.closeImmediately();
    }
  }

  private static StoreException unusable(Path path, MVStoreException e) {
    return switch (e.getErrorCode()) {
      case DataUtils.ERROR_FILE_LOCKED ->
          new StoreException(
              Reason.IN_USE, "The store " + path + " is open already, perhaps elsewhere.", e);
      case DataUtils.ERROR_FILE_CORRUPT ->
          new StoreException(Reason.DAMAGED, "The store " + path + " is damaged.", e);
      case DataUtils.ERROR_UNSUPPORTED_FORMAT -> newer(path, e);
      default -> new StoreException(Reason.UNUSABLE, "The store " + path + " cannot be used.", e);
    };
  }

  private static StoreException newer(Path path, @Nullable Throwable cause) {
    return new StoreException(
        Reason.NEWER_FORMAT,
        "The store " + path + " was made by a newer version of this library.",
        cause);
  }

  private static FileStore unlocked(
      Path path, MVStore file, Path openMark, StoreKey key, SecureRandom random, List<Step> steps) {
    int current = steps.size() + 1;
    Header header = new Header(file);
    boolean isNew = header.isEmpty();
    if (isNew) {
      header.begin(current, random);
    }
    if (header.format() > current) {
      throw newer(path, null);
    }
    Seal seal = header.seal(key, random);
    if (isNew) {
      header.bind(seal);
      file.commit();
      file.sync();
    } else {
      header.require(seal);
    }
    ByteArrayDataType bytes = ByteArrayDataType.INSTANCE;
    MVMap<byte[], byte[]> entries =
        file.openMap(
            "entries", new MVMap.Builder<byte[], byte[]>().keyType(bytes).valueType(bytes));
    FileStore store = new FileStore(file, openMark, entries, seal);
    store.upgrade(header, steps);
    return store;
  }

  /// Takes the steps that the file has not taken yet.
  private void upgrade(Header header, List<Step> steps) {
    for (int from = header.format(); from <= steps.size(); from++) {
      // The format's number with what makes it true, so that a step is taken once or not at all.
      int next = from + 1;
      List<Runnable> writes = sealed(steps.get(from - 1).changes(this));
      writes.add(() -> header.setFormat(next));
      write(() -> writes.forEach(Runnable::run));
    }
  }

  @Override
  public synchronized Optional<byte[]> get(Shelf shelf, String group, String name) {
    requireOpen();
    byte[] place = seal.place(shelf, group, name);
    byte[] sealed = entries.get(place);
    return sealed == null ? Optional.empty() : Optional.of(seal.open(place, sealed).value());
  }

  @Override
  public synchronized Map<String, byte[]> group(Shelf shelf, String group) {
    requireOpen();
    byte[] prefix = seal.prefix(shelf, group);
    Map<String, byte[]> found = new HashMap<>();
    for (Iterator<byte[]> places = entries.keyIterator(prefix); places.hasNext(); ) {
      byte[] place = places.next();
      if (!startsWith(place, prefix)) {
        break;
      }
      byte[] sealed = entries.get(place);
      if (sealed != null) {
        Seal.Entry entry = seal.open(place, sealed);
        found.put(entry.name(), entry.value());
      }
    }
    return found;
  }

  private static boolean startsWith(byte[] place, byte[] prefix) {
    return place.length >= prefix.length
        && MessageDigest.isEqual(Arrays.copyOf(place, prefix.length), prefix);
  }

  @Override
  public synchronized void apply(List<Change> changes) {
    requireOpen();
    List<Runnable> writes = sealed(changes);
    write(() -> writes.forEach(Runnable::run));
  }

  /// Sealed before the first is made, so that none is made if one cannot be.
  private List<Runnable> sealed(List<Change> changes) {
    List<Runnable> writes = new ArrayList<>(changes.size());
    for (Change change : changes) {
      byte[] place = seal.place(change.shelf(), change.group(), change.name());
      switch (change) {
        case Change.Put put -> {
          byte[] sealed = seal.seal(place, put.name(), put.value());
          writes.add(() -> entries.put(place, sealed));
        }
        case Change.Delete _ -> writes.add(() -> entries.remove(place));
      }
    }
    return writes;
  }

  @Override
  public synchronized void clear() {
    requireOpen();
    write(entries::clear);
  }

  private void write(Runnable change) {
    // A pending interrupt is put off: it would close the file for every thread.
    boolean interrupted = Thread.interrupted();
    try {
      change.run();
      file.commit();
      file.sync();
      tidy();
    } catch (MVStoreException e) {
      // What a failed write has left behind is not known: the mark stays, and the next opening
      // looks for the last change.
      closed = true;
      file.closeImmediately();
      throw new StoreException(
          Reason.UNUSABLE, "The store could not be written, and is closed.", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Gives back what old commits take in the file, now and then; see [MVStore#compact].
  private void tidy() {
    changes++;
    if (changes == CHANGES_BETWEEN_TIDYING) {
      changes = 0;
      file.compact(FILL_RATE_PERCENT, TIDIED_BYTES);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreException(Reason.CLOSED, "The store is closed.");
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      file.close();
      Files.deleteIfExists(openMark);
    } catch (MVStoreException | IOException e) {
      throw new StoreException(Reason.UNUSABLE, "The store cannot be closed in order.", e);
    }
  }
}
