package dev.sotto.client.terminal.chat;

import dev.sotto.client.Room;
import dev.sotto.client.event.FileMessage;
import dev.sotto.client.terminal.screen.Harmless;
import dev.sotto.protocol.id.EventId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The files that were shown, by the numbers they were shown with. For any number of threads.
final class ReceivedFiles {
  private static final int MOST = 1000;
  private static final int MOST_NAME_CHARACTERS = 100;
  private static final int MOST_TRIES = 1000;
  private static final long MOST_BYTES = 1L << 30;
  private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB"};

  /// A file and where it came.
  private record Entry(Room room, FileMessage file) {}

  private final Map<Integer, Entry> entries = new LinkedHashMap<>();
  private final Map<EventId, Integer> numbers = new HashMap<>();
  private int last;

  /// The number of a file, which is the same when it is shown again.
  synchronized int add(Room room, FileMessage file) {
    Integer known = numbers.get(file.id());
    if (known != null) {
      return known;
    }
    last++;
    entries.put(last, new Entry(room, file));
    numbers.put(file.id(), last);
    if (entries.size() > MOST) {
      entries.remove(entries.keySet().iterator().next());
      numbers.values().removeIf(number -> !entries.containsKey(number));
    }
    return last;
  }

  /// The number of the newest file; 0 if there is none.
  synchronized int last() {
    return last;
  }

  private synchronized Optional<Entry> get(int number) {
    return Optional.ofNullable(entries.get(number));
  }

  /// Downloads a file and decrypts it. What is there already is not overwritten.
  ///
  /// @param target a folder, into which it goes under a name like its own, or a name for it
  /// @return where it is now
  Path save(int number, Path target) throws IOException {
    Entry entry = get(number).orElseThrow(() -> new Complaint("There is no file " + number + "."));
    Path chosen =
        Files.isDirectory(target)
            ? free(target, safeName(entry.file.fileName()))
            : target.toAbsolutePath();
    if (Files.exists(chosen)) {
      throw new Complaint(Harmless.line(chosen.toString()) + " is there already.");
    }
    entry.room.download(entry.file, chosen, MOST_BYTES);
    return chosen;
  }

  private static Path free(Path folder, String name) {
    Path wanted = folder.resolve(name).toAbsolutePath();
    int dot = name.lastIndexOf('.');
    String stem = dot > 0 ? name.substring(0, dot) : name;
    String end = dot > 0 ? name.substring(dot) : "";
    for (int i = 2; Files.exists(wanted) && i < MOST_TRIES; i++) {
      wanted = folder.resolve(stem + " (" + i + ")" + end).toAbsolutePath();
    }
    return wanted;
  }

  /// A name for a file that leads nowhere else, is not hidden, and means nothing to the system.
  static String safeName(String name) {
    String line = Harmless.line(name);
    StringBuilder safe = new StringBuilder();
    line.codePoints()
        .limit(MOST_NAME_CHARACTERS)
        .map(c -> "/\\:*?\"<>|\uFFFD".indexOf(c) >= 0 ? '_' : c)
        .forEach(safe::appendCodePoint);
    String bare = safe.toString().replaceFirst("^[. ~-]+", "").replaceFirst("[. ]+$", "");
    return bare.isBlank() ? "file" : bare;
  }

  /// A size in words: `12.3 kB`.
  static String size(long bytes) {
    if (bytes < 0) {
      return "of unknown size";
    }
    double number = bytes;
    int unit = 0;
    while (number >= 1000 && unit < UNITS.length - 1) {
      number /= 1000;
      unit++;
    }
    return unit == 0
        ? bytes + " " + UNITS[0]
        : String.format(Locale.ROOT, "%.1f %s", number, UNITS[unit]);
  }
}
