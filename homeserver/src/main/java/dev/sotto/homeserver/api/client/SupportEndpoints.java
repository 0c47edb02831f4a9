package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whom to ask about this server.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#getwell-knownmatrixsupport
public final class SupportEndpoints {
  private record Contact(@Nullable String matrixId, @Nullable String emailAddress, String role) {}

  private record Support(@Nullable List<Contact> contacts, @Nullable String supportPage) {}

  private final Optional<Support> support;

  public SupportEndpoints(
      Optional<UserId> administrator, Optional<String> email, Optional<URI> page) {
    Optional<Contact> contact =
        administrator.isEmpty() && email.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Contact(
                    administrator.map(UserId::value).orElse(null),
                    email.orElse(null),
                    "m.role.admin"));
    support =
        contact.isEmpty() && page.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Support(
                    contact.map(List::of).orElse(null), page.map(URI::toString).orElse(null)));
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/.well-known/matrix/support", Access.PUBLIC, this::getWellknownSupport));
  }

  private Object getWellknownSupport(Request request) {
    return support.orElseThrow(
        () -> MatrixException.notFound("The owner of this server names nobody to ask."));
  }
}
