package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.profiles.UserSearch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The search for users.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#user-directory
public final class UsersEndpoints {
  private record Search(String searchTerm, @Nullable Long limit) {}

  private record User(String userId, @Nullable String displayName, @Nullable String avatarUrl) {}

  private record Found(List<User> results, boolean limited) {}

  private final UserSearch users;

  public UsersEndpoints(UserSearch users) {
    this.users = users;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(
                "/_matrix/client/v3/user_directory/search", Access.USER, this::searchUserDirectory)
            .withRate(Rate.SEARCH));
  }

  private Object searchUserDirectory(Request request) {
    Search search = request.body(Search.class);
    UserSearch.Found found = users.search(request.user(), search.searchTerm(), search.limit());
    return new Found(
        found.matches().stream()
            .map(
                match ->
                    new User(
                        match.user().value(),
                        match.profile().displayName(),
                        match.profile().avatarUrl()))
            .toList(),
        found.limited());
  }
}
