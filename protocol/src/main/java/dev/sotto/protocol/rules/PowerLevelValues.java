package dev.sotto.protocol.rules;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Which JSON values a room version takes for a power level.
public enum PowerLevelValues {
  INTEGERS,
  INTEGERS_AND_STRINGS,
  INTEGERS_STRINGS_AND_FLOATS;

  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);

  /// Whether `value` is a level.
  boolean accepts(@Nullable JsonNode value) {
    if (value == null) {
      return false;
    }
    return switch (value.getNodeType()) {
      case NUMBER ->
          value.isIntegralNumber()
              || (this == INTEGERS_STRINGS_AND_FLOATS && Double.isFinite(value.doubleValue()));
      case STRING -> this != INTEGERS && INTEGER.matcher(value.stringValue().strip()).matches();
      case ARRAY, BINARY, BOOLEAN, MISSING, NULL, OBJECT, POJO -> false;
    };
  }

  /// The level that `value` stands for, or `otherwise` where it is absent or no level. What lies
  /// beyond 64 bits is taken for the nearest that does not.
  long read(@Nullable JsonNode value, long otherwise) {
    if (value == null) {
      return otherwise;
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    if (!accepts(value)) {
      return otherwise;
    }
    BigInteger number =
        value.isString()
            ? new BigInteger(value.stringValue().strip())
            : value.isIntegralNumber()
                ? value.bigIntegerValue()
                : new BigDecimal(value.doubleValue()).toBigInteger();
    return number.min(MAX).max(MIN).longValue();
  }
}
