package dev.sotto.bench.load;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The load generator's command line.
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = "Drives a homeserver with open registration and says how fast it answered.")
public final class Load implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      description = "Scenarios to run; all, if none is named: ${COMPLETION-CANDIDATES}")
  private List<Scenario> scenarios = List.of();

  @Option(names = "--server", defaultValue = "http://127.0.0.1:8008", description = "Where it is.")
  private URI server = URI.create("http://127.0.0.1:8008");

  @Option(names = "--seconds", defaultValue = "15", description = "How long a scenario measures.")
  private int seconds = 15;

  @Option(names = "--fill", defaultValue = "100000", description = "Events that 'filled' adds.")
  private int fill = 100_000;

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Load()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    List<Scenario> chosen = scenarios.isEmpty() ? List.of(Scenario.values()) : scenarios;
    Runs runs = new Runs(server, seconds, fill);
    for (Scenario scenario : chosen) {
      String result = runs.run(scenario);
      System.out.println(scenario.name().toLowerCase(Locale.ROOT) + ": " + result);
    }
    return 0;
  }
}
