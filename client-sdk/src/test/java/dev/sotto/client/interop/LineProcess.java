package dev.sotto.client.interop;

import dev.sotto.protocol.json.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A program in a process of its own that answers calls, one JSON object a line.
public final class LineProcess implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int SHOWN_CHARACTERS = 4000;

  /// What a call was refused with.
  public static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  private final Path errors;
  private final Process process;
  private final BufferedWriter calls;
  private final LinkedBlockingQueue<ObjectNode> answers = new LinkedBlockingQueue<>();
  private long last;

  private LineProcess(Path errors, Process process) {
    this.errors = errors;
    this.process = process;
    this.calls = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofVirtual().start(this::read);
  }

  /// Starts a program; what it writes to its standard error is shown when a call fails.
  public static LineProcess start(ProcessBuilder program) {
    try {
      Path errors = Files.createTempFile("program", ".err");
      return new LineProcess(errors, program.redirectError(errors.toFile()).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        answers.add(Json.parseObject(line));
      }
    } catch (IOException _) {
      // Its end; whoever waits for an answer is told below.
    }
    answers.add(Json.object());
  }

  /// Makes a call and awaits its answer.
  ///
  /// @throws RefusedException if the program answers with an error
  public synchronized JsonNode call(ObjectNode call) {
    last++;
    try {
      calls.write(call.put("id", last).toString());
      calls.newLine();
      calls.flush();
      ObjectNode answer = answers.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      if (answer == null || answer.path("id").longValue(-1) != last) {
        throw new IllegalStateException(
            (answer == null ? "No answer to " : "The program ended at ") + call + said());
      }
      if (answer.has("error")) {
        throw new RefusedException(
            call.path("call").stringValue("") + ": " + answer.path("error") + said());
      }
      return answer.path("value");
    } catch (IOException e) {
      throw new UncheckedIOException("The program ended before " + call + said(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String said() {
    try {
      String text = Files.readString(errors);
      return "\nIt said:\n" + text.substring(Math.max(0, text.length() - SHOWN_CHARACTERS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Ends the program as `kill -9` does.
  public void kill() {
    try {
      process.destroyForcibly().waitFor();
      Files.delete(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends the program, which ends with its input.
  @Override
  public void close() {
    try {
      calls.close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      Files.delete(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
