package dev.sotto.homeserver.voip;

import dev.sotto.protocol.id.UserId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Makes credentials that a TURN server, which shares a secret with this one, accepts for a while.
///
/// The way is that of the draft "A REST API For Access To TURN Services", which coturn calls
/// `use-auth-secret`: the user name is the second at which it ends and the user, the password the
/// name's HMAC-SHA-1.
public final class TurnServer {
  /// What a client tells the TURN server.
  ///
  /// @param ttl for how many seconds they are good
  public record Credentials(String username, String password, List<String> uris, long ttl) {
    /// The credentials without the password.
    @Override
    public String toString() {
      return username + " at " + uris;
    }
  }

  private final List<String> uris;
  private final byte[] secret;
  private final Duration lifetime;
  private final InstantSource clock;

  public TurnServer(List<String> uris, String secret, Duration lifetime, InstantSource clock) {
    this.uris = List.copyOf(uris);
    this.secret = secret.getBytes(StandardCharsets.UTF_8);
    this.lifetime = lifetime;
    this.clock = clock;
  }

  public Credentials credentials(UserId user) {
    long ends = clock.instant().plus(lifetime).getEpochSecond();
    String name = ends + ":" + user.value();
    return new Credentials(name, password(name), uris, lifetime.toSeconds());
  }

  private String password(String name) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret, "HmacSHA1"));
      byte[] hash = mac.doFinal(name.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
