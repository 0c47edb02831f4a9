package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Response;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.keys.CrossSigningUpload;
import dev.sotto.homeserver.keys.KeyServices;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Publishes cross-signing keys, and signatures by them.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
public final class CrossSigningEndpoints {
  // Some clients of today know only the paths from before cross-signing was specified.
  private static final List<String> PREFIXES =
      List.of("/_matrix/client/v3/keys/", "/_matrix/client/unstable/keys/");

  private record Failures(Map<String, Map<String, Failure>> failures) {}

  private record Failure(int status, String errcode, String error) {
    static Failure of(MatrixException e) {
      return new Failure(e.status(), e.code().name(), e.getMessage());
    }
  }

  private final KeyServices keys;
  private final UserInteractiveAuth auth;

  public CrossSigningEndpoints(KeyServices keys, UserInteractiveAuth auth) {
    this.keys = keys;
    this.auth = auth;
  }

  public List<Route> routes() {
    return PREFIXES.stream()
        .flatMap(
            prefix ->
                List.of(
                    Route.post(
                            prefix + "device_signing/upload",
                            Access.USER,
                            this::uploadCrossSigningKeys)
                        .withRate(Rate.CHANGE),
                    Route.post(
                            prefix + "signatures/upload",
                            Access.USER,
                            this::uploadCrossSigningSignatures)
                        .withRate(Rate.CHANGE))
                    .stream())
        .toList();
  }

  private Object uploadCrossSigningKeys(Request request) {
    ObjectNode body = request.bodyObject();
    CrossSigningUpload upload = CrossSigningUpload.of(body, request.user(), keys.gate());
    if (!keys.crossSigning().upload(request.user(), upload, false)) {
      Optional<Response> challenge = auth.challenge(request, "replace cross-signing keys", body);
      if (challenge.isPresent()) {
        return challenge.get();
      }
      keys.crossSigning().upload(request.user(), upload, true);
    }
    return Json.object();
  }

  private Object uploadCrossSigningSignatures(Request request) {
    Map<UserId, Map<String, ObjectNode>> signed = new HashMap<>();
    request
        .bodyObject()
        .properties()
        .forEach(user -> signed.put(new UserId(user.getKey()), objects(user.getValue())));
    Map<String, Map<String, Failure>> failures = new TreeMap<>();
    keys.signatures()
        .upload(request.user(), signed)
        .forEach(
            (user, failed) -> {
              Map<String, Failure> byKey = new TreeMap<>();
              failed.forEach((key, e) -> byKey.put(key, Failure.of(e)));
              failures.put(user.value(), byKey);
            });
    return new Failures(failures);
  }

  private static Map<String, ObjectNode> objects(JsonNode members) {
    if (!(members instanceof ObjectNode object)) {
      throw MatrixException.badJson("Keys must be given by user and key id.");
    }
    Map<String, ObjectNode> objects = new HashMap<>();
    object
        .properties()
        .forEach(
            member -> {
              if (!(member.getValue() instanceof ObjectNode value)) {
                throw MatrixException.badJson("A signed key must be an object.");
              }
              objects.put(member.getKey(), value);
            });
    return objects;
  }
}
