package dev.sotto.homeserver.appservices;

import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.id.UserId;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// One registered application service.
///
/// @param url where it takes what happens here, or empty if it wants to hear nothing
/// @param asToken the hash of the token by which it calls
/// @param hsToken the token by which this server calls it
/// @param sender the user that it is where it names none
/// @param rateLimited whether the users that it acts for are held to rates
/// @spec https://spec.matrix.org/v1.19/application-service-api/#registration
public record Appservice(
    String id,
    Optional<URI> url,
    TokenHash asToken,
    String hsToken,
    UserId sender,
    List<Namespace> users,
    List<Namespace> aliases,
    List<Namespace> rooms,
    boolean rateLimited,
    boolean receivesEphemeral) {

  /// Ids that it is interested in.
  ///
  /// @param exclusive whether nobody else may make such ids
  public record Namespace(Pattern regex, boolean exclusive) {
    boolean holds(String id) {
      return regex.matcher(id).matches();
    }
  }

  /// Whether it may act as this user.
  public boolean actsFor(UserId user) {
    return user.equals(sender) || users.stream().anyMatch(space -> space.holds(user.value()));
  }

  /// Whether what it does as this user counts against the user's rates; as its own it never does.
  public boolean isLimited(UserId user) {
    return rateLimited && !user.equals(sender);
  }

  boolean reserves(List<Namespace> spaces, String id) {
    return spaces.stream().anyMatch(space -> space.exclusive() && space.holds(id));
  }

  @Override
  public String toString() {
    return "application service " + id;
  }
}
