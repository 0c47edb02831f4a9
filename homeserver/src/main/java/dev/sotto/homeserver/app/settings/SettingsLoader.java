package dev.sotto.homeserver.app.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Reads the settings: defaults, then a file, then the environment, then flags; each may replace
/// what the ones before it gave. What is unknown or of the wrong kind stops it.
public final class SettingsLoader {
  private final Values values = new Values();

  /// Takes a YAML file.
  public SettingsLoader file(Path file) throws SettingsException {
    Object root;
    try {
      LoadSettings yaml =
          LoadSettings.builder().setLabel(file.toString()).setSchema(new CoreSchema()).build();
      root = new Load(yaml).loadFromString(Files.readString(file));
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(mark -> " line " + (mark.getLine() + 1)).orElse("");
      throw new SettingsException(file + line + ": " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new SettingsException(file + ": " + e.getMessage());
    } catch (IOException e) {
      throw new SettingsException("The settings file " + file + " cannot be read.");
    }
    switch (root) {
      case null -> {}
      case Map<?, ?> sections -> readSection("", sections, file.toString());
      default -> throw new SettingsException(file + " must hold sections of keys.");
    }
    return this;
  }

  /// Takes the environment: the variables that begin with `SOTTO_`.
  public SettingsLoader environment(Map<String, String> environment) throws SettingsException {
    for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
      String variable = entry.getKey();
      if (!variable.startsWith(Key.VARIABLE_PREFIX) || isNoSetting(variable)) {
        continue;
      }
      Key<?> key = Keys.BY_VARIABLE.get(variable);
      if (key == null) {
        throw unknown("The environment", variable, Keys.BY_VARIABLE.keySet().stream());
      }
      values.readText(key, entry.getValue(), variable);
    }
    return this;
  }

  /// Takes the flags of the command line; one that was not given is null.
  public SettingsLoader flags(
      @Nullable String data, @Nullable String port, @Nullable String serverName)
      throws SettingsException {
    readFlag(Keys.SERVER_DATA, data, "--data");
    readFlag(Keys.SERVER_PORT, port, "--port");
    readFlag(Keys.SERVER_NAME, serverName, "--server-name");
    return this;
  }

  public Settings load() {
    return Settings.of(values);
  }

  /// Whether any source gave this key, for the test of the shipped file.
  boolean gives(Key<?> key) {
    return values.has(key);
  }

  Values values() {
    return values;
  }

  private void readFlag(Key<?> key, @Nullable String text, String flag) throws SettingsException {
    if (text != null) {
      values.readText(key, text, flag);
    }
  }

  private void readSection(String prefix, Map<?, ?> section, String place)
      throws SettingsException {
    for (Map.Entry<?, ?> entry : section.entrySet()) {
      String name = prefix + entry.getKey();
      Object value = entry.getValue();
      Key<?> key = Keys.BY_NAME.get(name);
      if (key != null) {
        if (value == null) {
          throw new SettingsException(
              place + ": " + name + " has no value; it must be " + key.kind().expectation() + ".");
        }
        values.read(key, value, place);
      } else if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
        readSection(name + ".", inner, place);
      } else if (value != null || !isSection(name)) {
        throw unknown(place, name, names());
      }
    }
  }

  /// Variables with our prefix that are not settings: the launcher's own one, and those that
  /// Kubernetes gives to every container beside a service that is called "sotto".
  private static boolean isNoSetting(String variable) {
    return variable.equals("SOTTO_JAVA_OPTIONS")
        || variable.equals("SOTTO_PORT")
        || variable.startsWith("SOTTO_PORT_")
        || variable.startsWith("SOTTO_SERVICE_");
  }

  private static boolean isSection(String name) {
    return Keys.BY_NAME.keySet().stream().anyMatch(key -> key.startsWith(name + "."));
  }

  /// Every key's name, and the sections' names with them.
  private static Stream<String> names() {
    return Keys.ALL.stream().map(Key::name).sorted();
  }

  private static SettingsException unknown(String place, String name, Stream<String> valid) {
    return new SettingsException(
        place
            + ": there is no setting '"
            + name
            + "'. Did you mean '"
            + Values.nearest(name, valid.sorted())
            + "'?");
  }
}
