package dev.sotto.client.terminal.screen;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jline.utils.AttributedString;

/// Plain lines in and out, in UTF-8, for scripts: no colours, no prompts, nothing asked.
public final class Pipes implements Screen {
  private final BufferedReader in;
  private final PrintStream out;

  /// @param in what would be typed
  /// @param out where lines are shown
  public Pipes(InputStream in, OutputStream out) {
    this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  @Override
  public void show(AttributedString line) {
    out.println(line.toString());
  }

  @Override
  public Optional<String> line(AttributedString prompt) {
    return next();
  }

  @Override
  public Optional<String> secret(String question) {
    return Optional.empty();
  }

  /// The next line, also where it is no line of the chat, such as a password.
  public Optional<String> next() {
    try {
      return Optional.ofNullable(in.readLine());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  @Override
  public boolean isTerminal() {
    return false;
  }

  @Override
  public void close() {
    out.flush();
  }
}
