package dev.sotto.homeserver.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds the route of a method and path: a tree of path segments, literal ones before `{name}`s.
///
/// What is routed under `/_matrix/client/v3` answers under `/_matrix/client/r0` as well, which
/// older clients still ask.
public final class Router {
  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    @Nullable Node variable;
    final Map<String, Route> routes = new HashMap<>();
  }

  private static final SortedSet<String> NONE = Collections.emptySortedSet();

  private final Node root = new Node();
  private final List<Route> routes = new ArrayList<>();

  /// Adds a route; throws if its method and path are taken.
  public Router add(Route route) {
    routes.add(route);
    insert(route.template(), route);
    if (route.template().startsWith("/_matrix/client/v3/")) {
      insert(route.template().replaceFirst("/v3/", "/r0/"), route);
    }
    return this;
  }

  public Router add(Iterable<Route> more) {
    more.forEach(this::add);
    return this;
  }

  /// Every route, in the order they were added.
  public List<Route> routes() {
    return List.copyOf(routes);
  }

  private void insert(String template, Route route) {
    Node node = root;
    for (String segment : segments(template)) {
      if (segment.startsWith("{")) {
        if (node.variable == null) {
          node.variable = new Node();
        }
        node = node.variable;
      } else {
        node = node.literals.computeIfAbsent(segment, _ -> new Node());
      }
    }
    if (node.routes.putIfAbsent(route.method(), route) != null) {
      throw new IllegalStateException("two routes for " + route.method() + " " + template);
    }
  }

  /// The route for a raw path, which may hold percent-encoded segments; null if there is no such
  /// path. A path that exists for other methods only gives a match without a route.
  public @Nullable Found find(String method, String rawPath) {
    List<String> raw = segments(rawPath);
    List<String> values = new ArrayList<>(4);
    Node node = find(root, raw, 0, values);
    if (node == null) {
      return null;
    }
    Route route = node.routes.get(method);
    return route == null
        ? new Found(null, Map.of(), new TreeSet<>(node.routes.keySet()))
        : new Found(route, named(route.template(), values), NONE);
  }

  /// What was found at a path: null for `route` means that it knows other methods only, which are
  /// then in `methods`.
  public record Found(@Nullable Route route, Map<String, String> path, SortedSet<String> methods) {}

  private static @Nullable Node find(Node node, List<String> raw, int i, List<String> values) {
    if (i == raw.size()) {
      return node.routes.isEmpty() ? null : node;
    }
    Node literal = node.literals.get(raw.get(i));
    if (literal != null) {
      Node found = find(literal, raw, i + 1, values);
      if (found != null) {
        return found;
      }
    }
    if (node.variable != null) {
      values.add(Percent.decode(raw.get(i), false));
      Node found = find(node.variable, raw, i + 1, values);
      if (found != null) {
        return found;
      }
      values.removeLast();
    }
    return null;
  }

  private static Map<String, String> named(String template, List<String> values) {
    Map<String, String> named = new HashMap<>();
    int i = 0;
    for (String segment : segments(template)) {
      if (segment.startsWith("{")) {
        named.put(segment.substring(1, segment.length() - 1), values.get(i++));
      }
    }
    return named;
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>(8);
    int start = 1;
    while (start <= path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      segments.add(path.substring(start, end));
      start = end + 1;
    }
    return segments;
  }
}
