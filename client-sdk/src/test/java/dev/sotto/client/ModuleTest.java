package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What programs can reach of the library.
class ModuleTest {
  @Test
  void theApiAndWhatItHandsOutIsExportedAndNothingElse() throws IOException {
    ModuleDescriptor module;
    try (InputStream in =
        MatrixClient.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .toURI()
            .resolve("module-info.class")
            .toURL()
            .openStream()) {
      module = ModuleDescriptor.read(in);
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }

    assertEquals(
        Set.of(
            "dev.sotto.client",
            "dev.sotto.client.event",
            // The phases of a verification.
            "dev.sotto.client.encryption.verification",
            // The exceptions, and the secrets that a login is given.
            "dev.sotto.client.http",
            "dev.sotto.client.store"),
        module.exports().stream()
            .filter(exported -> !exported.isQualified())
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toSet()));
  }
}
