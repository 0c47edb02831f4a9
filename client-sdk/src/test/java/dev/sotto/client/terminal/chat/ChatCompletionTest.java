package dev.sotto.client.terminal.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.terminal.screen.Completion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is completed, from where.
class ChatCompletionTest {
  private final ChatCompletion completion = new ChatCompletion();

  @TempDir Path folder;

  private String completed(String line) {
    return line.substring(completion.start(line, line.length()));
  }

  @Test
  void orderIsCompletedFromItsSlash() {
    assertEquals("/jo", completed("/jo"));
  }

  @Test
  void whatFollowsAnOrderIsOneEvenWithSpaces() {
    assertEquals("my holiday.p", completed("/file my holiday.p"));
    assertEquals("Kitchen ta", completed("/room   Kitchen ta"));
    assertEquals("", completed("/room "));
  }

  @Test
  void wordsAndThoseWhoAreInvitedAreCompletedEachByItself() {
    assertEquals("Ad", completed("hello Ad"));
    assertEquals("@bo", completed("/create Kitchen table @ada:example.org @bo"));
  }

  @Test
  void nothingIsCompletedBeforeThereIsAChat() {
    assertEquals(List.of(), completion.choices("/jo", 3));
  }

  @Test
  void pathsAreCompletedUnlessTheyHideOrCouldActOnTheTerminal() throws IOException {
    for (String name : List.of("a b.txt", ".hidden", "evil\u001b[2J")) {
      Files.createFile(folder.resolve(name));
    }
    Files.createDirectory(folder.resolve("sub"));
    String in = folder + "/";
    assertEquals(
        List.of(in + "a b.txt", in + "sub/"),
        ChatCompletion.paths(in).stream().map(Completion.Choice::value).sorted().toList());
    assertEquals(
        List.of(in + ".hidden"),
        ChatCompletion.paths(in + ".hid").stream()
            .map(Completion.Choice::value)
            .filter(value -> value.contains(".hid"))
            .toList());
  }
}
