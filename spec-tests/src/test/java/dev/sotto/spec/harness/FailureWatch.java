package dev.sotto.spec.harness;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails every test during which a shared server has logged an error, because that is a bug
/// whatever it has answered; and shows the log's end where a test has failed.
public final class FailureWatch implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(FailureWatch.class);
  private static final int SHOWN_LINES = 40;

  private record Lengths(Map<Server, Integer> byServer) {}

  @Override
  public void beforeEach(ExtensionContext context) {
    Map<Server, Integer> lengths = new HashMap<>();
    for (Server server : Server.running()) {
      lengths.put(server, server.log().length());
    }
    context.getStore(NAMESPACE).put("lengths", new Lengths(lengths));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Lengths before = context.getStore(NAMESPACE).get("lengths", Lengths.class);
    for (Server server : Server.running()) {
      int from = before == null ? 0 : before.byServer().getOrDefault(server, 0);
      String logged = server.log().substring(from);
      if (logged.contains(" ERROR ")) {
        throw new AssertionError("The server has failed:\n" + end(logged));
      }
      if (context.getExecutionException().isPresent() && !logged.isBlank()) {
        System.err.println("The server's log:\n" + end(logged));
      }
    }
  }

  private static String end(String log) {
    List<String> lines = log.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
  }
}
