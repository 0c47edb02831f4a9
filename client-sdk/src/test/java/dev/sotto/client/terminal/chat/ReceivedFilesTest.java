package dev.sotto.client.terminal.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/// What files of others are called here.
class ReceivedFilesTest {
  @Test
  void nameLeadsNowhere() {
    assertEquals("_.._etc_passwd", ReceivedFiles.safeName("../../etc/passwd"));
    assertEquals("bashrc", ReceivedFiles.safeName(".bashrc"));
    assertEquals("rf", ReceivedFiles.safeName("-rf"));
    assertEquals("C__autoexec", ReceivedFiles.safeName("C:\\autoexec"));
    assertEquals("file", ReceivedFiles.safeName(".."));
    assertEquals("file", ReceivedFiles.safeName(""));
    assertEquals("my holiday.png", ReceivedFiles.safeName("my holiday.png"));
  }

  @Property
  void nameStaysInItsFolder(@ForAll String name) {
    Path folder = Path.of("folder").toAbsolutePath();
    String safe = ReceivedFiles.safeName(name).replace('\0', '_');
    Path path = folder.resolve(safe).normalize();
    assertTrue(folder.equals(path.getParent()));
    assertFalse(safe.startsWith("."));
    assertTrue(safe.length() <= 250);
  }

  @Test
  void sizesAreReadable() {
    assertEquals("999 bytes", ReceivedFiles.size(999));
    assertEquals("1.0 kB", ReceivedFiles.size(1000));
    assertEquals("12.3 MB", ReceivedFiles.size(12_345_678));
    assertEquals("of unknown size", ReceivedFiles.size(-1));
  }
}
