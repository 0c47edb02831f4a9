package dev.sotto.client.http;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What all requests of a client have in common.
///
/// @param userAgent what servers see in their logs
/// @param connectTimeout how long a connection may take to come about
/// @param timeout how long one try may take, where the request does not say
/// @param retries how often a request is tried
/// @param pace the clock
public record HttpSettings(
    String userAgent, Duration connectTimeout, Duration timeout, Retries retries, Pace pace) {
  private static final Pattern PRODUCT = Pattern.compile("[!-~ ]{1,200}");

  public HttpSettings {
    if (!PRODUCT.matcher(userAgent).matches()) {
      throw new IllegalArgumentException("A user agent is one line of ASCII.");
    }
  }

  /// Settings for a program of this name, such as `my-bot/1.2`; null names only the SDK.
  public static HttpSettings usual(@Nullable String program) {
    String version = HttpSettings.class.getPackage().getImplementationVersion();
    String sdk = "sotto-client-sdk/" + (version == null ? "dev" : version);
    return new HttpSettings(
        program == null ? sdk : program + " " + sdk,
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Retries.usual(),
        Pace.real());
  }
}
