package dev.sotto.homeserver.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.mvstore.MVStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file of the embedded database, and whether it was left in order.
///
/// After a kill H2 looks for the newest commit by following links from the file's header and by the
/// end of the file. A commit that was written to the end has no link to it yet, so if the next one
/// was cut off in the middle, both are passed over, though the first had been acknowledged. A scan
/// of the whole file finds it. The scan is only made when a mark says that the file was not closed.
final class H2File {
  private static final Logger log = LoggerFactory.getLogger(H2File.class);

  private final Path file;
  private final Path openMark;

  H2File(Path folder, String name) {
    file = folder.resolve(name + ".mv.db");
    openMark = folder.resolve(name + ".open");
  }

  /// Brings a file that was not closed to its newest complete commit, and marks it as open.
  void beforeOpening() {
    try {
      if (Files.exists(openMark) && Files.exists(file)) {
        log.info("the server was not stopped in order; looking for its last commit");
        new MVStore.Builder().fileName(file.toString()).recoveryMode().open().close();
      }
      Files.write(openMark, new byte[0]);
      Folders.force(Folders.of(openMark));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Marks the file as left in order.
  void afterClosing() {
    try {
      Files.deleteIfExists(openMark);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
