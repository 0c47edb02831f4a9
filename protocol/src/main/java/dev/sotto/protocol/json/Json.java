package dev.sotto.protocol.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MutableCoercionConfig;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/// Reads and writes JSON, with limits on depth and on the length of names and numbers, and without
/// duplicate keys.
public final class Json {
  /// How deeply objects and arrays may be nested.
  public static final int MAX_DEPTH = 100;

  private static final char REPLACEMENT = '\uFFFD';
  private static final int MAX_NUMBER_LENGTH = 40;
  private static final int MAX_NAME_LENGTH = 10_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER_LENGTH)
                          .maxNameLength(MAX_NAME_LENGTH)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  // Names that collide in the table of known names are no error; they are only
                  // not put there.
                  .disable(TokenStreamFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          // Else a string of blanks or control characters would do for a number or a flag.
          .withCoercionConfigDefaults(config -> config.setAcceptBlankAsEmpty(false))
          .withCoercionConfig(LogicalType.Textual, Json::refuseNonStrings)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .build();

  // A tree is built without recursion, so depth does no harm here. The table of known names would
  // throw at names that were chosen to collide in it.
  private static final JsonMapper LENIENT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(Integer.MAX_VALUE)
                          .maxNumberLength(Integer.MAX_VALUE)
                          .maxNameLength(Integer.MAX_VALUE)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                  .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /// The one mapper: immutable, shared, configured with the limits above.
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /// A mapper without the limits, to read trees from what a server answers: others wrote parts of
  /// it, and none of them shall spoil the rest. Of members with the same name the last counts.
  public static JsonMapper lenientMapper() {
    return LENIENT;
  }

  /// Parses one JSON value.
  ///
  /// @throws MatrixException `M_NOT_JSON` if it is none (invalid UTF-8 included), `M_BAD_JSON` if
  ///   it is nested too deeply or names a key twice
  public static JsonNode parse(byte[] json) {
    // Given bytes, the parser would guess at UTF-16 and let overlong forms through.
    return parse(decode(json));
  }

  /// Parses one JSON value from text, as `parse(byte[])` does.
  public static JsonNode parse(String json) {
    try {
      JsonNode value = MAPPER.readTree(json);
      if (value.isMissingNode()) {
        throw notJson();
      }
      return value;
    } catch (DatabindException _) {
      // Nothing is bound here: something follows the value.
      throw notJson();
    } catch (JacksonException e) {
      throw refuse(e);
    }
  }

  /// Parses a JSON object; any other value is `M_BAD_JSON`.
  public static ObjectNode parseObject(byte[] json) {
    return requireObject(parse(json));
  }

  /// Parses a JSON object from text, for example from a query parameter.
  public static ObjectNode parseObject(String json) {
    return requireObject(parse(json));
  }

  /// Binds a tree to a record: camelCase components to snake_case members.
  ///
  /// @throws MatrixException `M_BAD_JSON` if a member is ill-typed, `M_MISSING_PARAM` if one is
  ///   absent whose component is not `@Nullable`
  public static <T> T bind(JsonNode node, Class<T> type) {
    try {
      T value = MAPPER.treeToValue(node, type);
      Completeness.check(value);
      return value;
    } catch (JacksonException e) {
      throw refuse(e);
    }
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /// The compact JSON of a tree or record, keys in their own order.
  public static byte[] bytes(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  private static void refuseNonStrings(MutableCoercionConfig config) {
    config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
    config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
    config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
  }

  private static ObjectNode requireObject(JsonNode node) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw MatrixException.badJson("A JSON object is expected here.");
  }

  private static MatrixException refuse(JacksonException e) {
    if (e instanceof StreamConstraintsException) {
      return MatrixException.badJson(
          "This JSON is nested too deeply, or holds a name or number that is too long.");
    }
    if (e instanceof DatabindException databind) {
      return MatrixException.badJson(
          "This JSON does not have the form that is expected" + at(databind) + ".");
    }
    String message = String.valueOf(e.getOriginalMessage());
    if (message.startsWith("Duplicate")) {
      return MatrixException.badJson("This JSON names a key twice in one object.");
    }
    return notJson();
  }

  private static MatrixException notJson() {
    return new MatrixException(ErrorCode.M_NOT_JSON, "This is not valid JSON.");
  }

  private static String decode(byte[] utf8) {
    String text = new String(utf8, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) {
      // Either the sign itself was sent, or it stands for bytes that are no UTF-8.
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
      } catch (CharacterCodingException _) {
        throw notJson();
      }
    }
    return text;
  }

  private static String at(DatabindException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    return path.isEmpty() ? "" : " at '" + path + "'";
  }
}
