package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sotto.client.http.Requests;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What programs can reach of the library.
class ModuleTest {
  private static final String JACKSON = "tools.jackson.databind";

  /// Who looks into records: Jackson, and `Json` for members that are missing.
  private static final Set<String> JSON = Set.of(JACKSON, "dev.sotto.protocol");

  private final ModuleDescriptor module = module(MatrixClient.class);
  private final Set<Type> seen = new HashSet<>();

  @Test
  void nothingButTheApiIsExported() {
    assertEquals(
        Set.of(
            "dev.sotto.client",
            "dev.sotto.client.error",
            "dev.sotto.client.event",
            "dev.sotto.client.verification"),
        exported(module));
  }

  @Test
  void whatTheApiTakesAndHandsOutIsReachable() {
    Set<String> ours = exported(module);
    Set<String> reachable = new HashSet<>(exported(module(UserId.class)));
    reachable.addAll(ours);
    Set<String> wrong = new TreeSet<>();
    for (JavaClass each : classes()) {
      if (ours.contains(each.getPackageName())) {
        Class<?> type = each.reflect();
        if (isVisible(type)) {
          signatures(type)
              .flatMap(this::named)
              .filter(named -> !isReachable(named, reachable))
              .forEach(named -> wrong.add(type.getName() + " shows " + named.getName()));
        }
      }
    }
    assertEquals(Set.of(), wrong);
  }

  @Test
  void recordsAreOpenToThoseWhoReadThemFromJsonAndNothingElseIs() {
    Set<String> readers = new TreeSet<>();
    for (JavaClass type : classes()) {
      for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
        boolean generic = type.isEquivalentTo(Requests.class);
        if (!generic && (calls(call, Json.class, "bind") || isTypedSend(call))) {
          readers.add(type.getPackageName());
        }
      }
    }
    Set<String> open =
        module.opens().stream()
            .filter(opens -> opens.targets().equals(JSON))
            .map(ModuleDescriptor.Opens::source)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(readers, open);
    assertEquals(
        Set.of("info.picocli"),
        module.opens().stream()
            .filter(opens -> !open.contains(opens.source()))
            .flatMap(opens -> opens.targets().stream())
            .collect(Collectors.toSet()));
  }

  private static boolean isTypedSend(JavaMethodCall call) {
    return calls(call, Requests.class, "send")
        && call.getTarget().getRawParameterTypes().stream()
            .anyMatch(type -> type.isEquivalentTo(Class.class));
  }

  private static boolean calls(JavaMethodCall call, Class<?> owner, String name) {
    return call.getTargetOwner().isEquivalentTo(owner) && call.getName().equals(name);
  }

  private static Iterable<JavaClass> classes() {
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages(MatrixClient.class.getPackageName());
  }

  /// The packages that everybody sees.
  static Set<String> exported() {
    return exported(module(MatrixClient.class));
  }

  private static Set<String> exported(ModuleDescriptor module) {
    return module.exports().stream()
        .filter(exported -> !exported.isQualified())
        .map(ModuleDescriptor.Exports::source)
        .collect(Collectors.toSet());
  }

  private static boolean isReachable(Class<?> type, Set<String> packages) {
    String home = type.getPackageName();
    return type.isPrimitive()
        || home.startsWith("java.")
        || home.equals(JACKSON)
        || home.startsWith(JACKSON + ".")
        || (packages.contains(home) && isVisible(type));
  }

  /// All that its users see of a type.
  private static Stream<Type> signatures(Class<?> type) {
    Stream<Type> kinds =
        Stream.concat(Stream.of(type.getGenericInterfaces()), Stream.of(type.getTypeParameters()));
    if (type.getGenericSuperclass() != null) {
      kinds = Stream.concat(kinds, Stream.of(type.getGenericSuperclass()));
    }
    Stream<Type> fields =
        Stream.of(type.getDeclaredFields())
            .filter(field -> isVisible(field.getModifiers()))
            .map(Field::getGenericType);
    Stream<Type> results =
        Stream.of(type.getDeclaredMethods())
            .filter(method -> isVisible(method.getModifiers()))
            .map(Method::getGenericReturnType);
    Stream<Executable> executables =
        Stream.concat(
            Stream.of(type.getDeclaredMethods()),
            Stream.<Constructor<?>>of(type.getDeclaredConstructors()));
    Stream<Type> parameters =
        executables
            .filter(executable -> isVisible(executable.getModifiers()))
            .flatMap(
                executable ->
                    Stream.of(
                            executable.getGenericParameterTypes(),
                            executable.getGenericExceptionTypes(),
                            executable.getTypeParameters())
                        .flatMap(Stream::of));
    return Stream.of(kinds, fields, results, parameters).flatMap(types -> types);
  }

  /// The classes that a type is made of.
  private Stream<Class<?>> named(Type type) {
    return switch (type) {
      case Class<?> named -> Stream.of(innermost(named));
      case ParameterizedType generic ->
          Stream.concat(named(generic.getRawType()), all(generic.getActualTypeArguments()));
      case GenericArrayType array -> named(array.getGenericComponentType());
      case WildcardType any -> Stream.concat(all(any.getUpperBounds()), all(any.getLowerBounds()));
      case TypeVariable<?> variable ->
          // Its bounds may name it again.
          seen.add(variable) ? all(variable.getBounds()) : Stream.empty();
      default -> throw new AssertionError(type);
    };
  }

  private Stream<Class<?>> all(Type... types) {
    return List.of(types).stream().flatMap(this::named);
  }

  private static Class<?> innermost(Class<?> type) {
    return type.isArray() ? innermost(type.getComponentType()) : type;
  }

  private static boolean isVisible(Class<?> type) {
    return isVisible(type.getModifiers())
        && (type.getDeclaringClass() == null || isVisible(type.getDeclaringClass()));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static ModuleDescriptor module(Class<?> inside) {
    try {
      Path place = Path.of(inside.getProtectionDomain().getCodeSource().getLocation().toURI());
      return ModuleFinder.of(place).findAll().iterator().next().descriptor();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
