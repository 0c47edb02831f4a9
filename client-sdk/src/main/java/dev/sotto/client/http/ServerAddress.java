package dev.sotto.client.http;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where a homeserver's API is reached: `https://matrix.example.org`, perhaps with a path.
///
/// Plain `http` is taken for this machine itself only, unless the caller asks for it with
/// [#inTheClear].
///
/// @param url absolute, without a slash at its end, query, fragment or user
/// @param clearAllowed whether passwords and tokens may cross a network unencrypted
public record ServerAddress(URI url, boolean clearAllowed) {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]", Pattern.CASE_INSENSITIVE);

  public ServerAddress {
    url = normalize(url);
    if (isClear(url) && !clearAllowed && !isLoopback(url)) {
      throw new IllegalArgumentException(
          "This address is not encrypted, so everyone on the way could read passwords and tokens."
              + " Use https, or allowClearText() if you must.");
    }
  }

  /// An `https` address, or an `http` one on this very machine.
  ///
  /// @throws IllegalArgumentException if it is no such address
  public static ServerAddress of(String url) {
    return new ServerAddress(parse(url), false);
  }

  /// An address that may be `http` anywhere: passwords and tokens cross the network readable.
  public static ServerAddress inTheClear(String url) {
    return new ServerAddress(parse(url), true);
  }

  boolean isClear() {
    return isClear(url);
  }

  /// This address followed by a path (and query) that is encoded already.
  URI at(String encodedPath) {
    return URI.create(url + encodedPath);
  }

  private static URI parse(String url) {
    try {
      return URI.create(url.strip());
    } catch (IllegalArgumentException _) {
      // Its message would repeat the address, which may hold a password.
      throw notAnAddress();
    }
  }

  private static URI normalize(URI url) {
    String scheme = lower(url.getScheme());
    boolean web = scheme.equals("https") || scheme.equals("http");
    boolean plain =
        url.getRawUserInfo() == null && url.getRawQuery() == null && url.getRawFragment() == null;
    if (!web || !plain || url.getHost() == null || url.getPort() > 0xFFFF) {
      throw notAnAddress();
    }
    String path = url.getRawPath().replaceFirst("/+$", "");
    return URI.create(scheme + "://" + lower(url.getRawAuthority()) + path);
  }

  private static IllegalArgumentException notAnAddress() {
    return new IllegalArgumentException(
        "A homeserver's address looks like https://matrix.example.org");
  }

  private static String lower(@Nullable String text) {
    return text == null ? "" : text.toLowerCase(Locale.ROOT);
  }

  private static boolean isClear(URI url) {
    return url.getScheme().equals("http");
  }

  private static boolean isLoopback(URI url) {
    return LOOPBACK.matcher(url.getHost()).matches();
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
