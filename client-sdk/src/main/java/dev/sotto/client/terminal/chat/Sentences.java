package dev.sotto.client.terminal.chat;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.StoreException;
import dev.sotto.client.terminal.screen.Harmless;
import dev.sotto.protocol.error.MatrixException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// Says what went wrong in words for people.
final class Sentences {
  private Sentences() {}

  /// A sentence, or two.
  static String of(Throwable failure) {
    return switch (failure) {
      case MatrixRequestException request -> request(request);
      case MatrixException wrong -> Harmless.line(text(wrong));
      case StoreException store -> Harmless.line(text(store));
      case NoSuchFileException missing -> "There is no file " + Harmless.line(text(missing)) + ".";
      case AccessDeniedException denied -> "You may not use " + Harmless.line(text(denied)) + ".";
      case IOException file -> Harmless.line(text(file));
      case IllegalStateException state -> Harmless.line(text(state));
      case IllegalArgumentException argument -> Harmless.line(text(argument));
      case Complaint complaint -> text(complaint);
      default -> "Something went wrong that should not: " + Harmless.line(failure.toString());
    };
  }

  private static String text(Throwable failure) {
    @Nullable String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static String request(MatrixRequestException failure) {
    return switch (failure.kind()) {
      case REFUSED -> refused(failure);
      case UNREACHABLE -> "The server cannot be reached.";
      case TIMED_OUT -> "The server did not answer in time.";
      case UNTRUSTED -> "The server could not prove who it is; nothing was sent to it.";
      case GARBLED -> "The server's answer makes no sense: is it a Matrix homeserver?";
      case TOO_LARGE -> "That is larger than what is accepted.";
      case INTERRUPTED -> "It was interrupted.";
    };
  }

  private static String refused(MatrixRequestException failure) {
    String code = failure.errcode();
    String said = Harmless.line(failure.details().path("error").stringValue(""));
    String sentence =
        switch (code) {
          case "M_UNKNOWN_TOKEN" -> "The server has ended this session.";
          case "M_LIMIT_EXCEEDED" -> "The server asks you to be slower; try again in a moment.";
          case "M_NOT_FOUND" -> "The server knows nothing of the kind.";
          case "M_FORBIDDEN" -> "The server does not allow it.";
          default -> "The server has refused (" + Harmless.line(what(failure, code)) + ").";
        };
    return said.isEmpty() ? sentence : sentence + " It says: " + said;
  }

  private static String what(MatrixRequestException failure, String code) {
    return code.isEmpty() ? Integer.toString(failure.status()) : code;
  }
}
