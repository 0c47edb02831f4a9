package dev.sotto.homeserver.app;

import dev.sotto.homeserver.app.settings.Settings;
import dev.sotto.homeserver.app.settings.SettingsException;
import dev.sotto.homeserver.app.settings.SettingsLoader;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Starts the server and runs until the process is told to end.
@Command(
    name = "serve",
    description = "Start the server.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footer = {
      "",
      "Flags win over the environment (SOTTO_SERVER_PORT for server.port), which wins over the",
      "settings file."
    })
final class ServeCommand implements Callable<Integer> {
  private static final int WRONG_SETTINGS = 2;
  private static final int CANNOT_START = 1;

  @Option(names = "--config", paramLabel = "FILE", description = "The settings file (YAML).")
  private @Nullable Path config;

  @Option(names = "--data", paramLabel = "DIR", description = "The data folder: server.data.")
  private @Nullable String data;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The port to listen on: server.port; 0 for any.")
  private @Nullable String port;

  @Option(
      names = "--server-name",
      paramLabel = "NAME",
      description = "The name behind the colon of user ids: server.name.")
  private @Nullable String serverName;

  @Override
  public Integer call() throws InterruptedException {
    Settings settings;
    try {
      SettingsLoader loader = new SettingsLoader();
      if (config != null) {
        loader.file(config);
      }
      settings = loader.environment(System.getenv()).flags(data, port, serverName).load();
    } catch (SettingsException e) {
      System.err.println("Sotto does not start. " + e.getMessage());
      return WRONG_SETTINGS;
    }
    Logging.setLevel(settings.loggingLevel());
    try {
      run(settings);
    } catch (StartException e) {
      System.err.println("Sotto does not start. " + e.getMessage());
      return CANNOT_START;
    }
    return 0;
  }

  private void run(Settings settings) throws StartException, InterruptedException {
    DataFolder folder =
        DataFolder.open(settings.server().data(), settings.server().name(), new SecureRandom());
    Homeserver homeserver;
    try {
      homeserver = new Homeserver(settings);
    } catch (RuntimeException e) {
      folder.close();
      throw StartException.of(e, settings);
    }
    Thread stop =
        new Thread(
            () -> {
              homeserver.close();
              folder.close();
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    System.out.print(
        new Greeting(settings, config, homeserver.port(), homeserver.firstToken()).text());
    System.out.flush();
    // Signals end the process through the hook above.
    Thread.currentThread().join();
  }
}
