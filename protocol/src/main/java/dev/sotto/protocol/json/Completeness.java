package dev.sotto.protocol.json;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Holds a bound record to its own declaration: a component that is not `@Nullable` must be there.
final class Completeness {
  private static final ClassValue<Component[]> COMPONENTS =
      new ClassValue<>() {
        @Override
        protected Component[] computeValue(Class<?> type) {
          RecordComponent[] declared = type.getRecordComponents();
          Component[] components = new Component[declared.length];
          for (int i = 0; i < declared.length; i++) {
            components[i] = Component.of(declared[i]);
          }
          return components;
        }
      };

  private Completeness() {}

  /// Throws `M_MISSING_PARAM` for the first absent member of a record, also inside of nested ones.
  static void check(@Nullable Object value) {
    if (value instanceof Record record) {
      for (Component component : COMPONENTS.get(record.getClass())) {
        check(component.require(record));
      }
    } else if (value instanceof Collection<?> elements) {
      elements.forEach(Completeness::checkElement);
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(Completeness::checkElement);
    }
  }

  private static void checkElement(@Nullable Object element) {
    if (element == null) {
      throw MatrixException.badJson("This JSON holds null where a value is expected.");
    }
    check(element);
  }

  private record Component(RecordComponent declared, boolean nullable) {
    static Component of(RecordComponent declared) {
      declared.getAccessor().setAccessible(true);
      return new Component(
          declared, declared.getAnnotatedType().isAnnotationPresent(Nullable.class));
    }

    @Nullable Object require(Record record) {
      Object value;
      try {
        value = declared.getAccessor().invoke(record);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
      if (value == null && !nullable) {
        throw new MatrixException(
            ErrorCode.M_MISSING_PARAM,
            "The member '" + snakeCase(declared.getName()) + "' is missing.");
      }
      return value;
    }

    private static String snakeCase(String name) {
      return name.replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
    }
  }
}
