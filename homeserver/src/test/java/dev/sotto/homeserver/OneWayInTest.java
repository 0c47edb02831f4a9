package dev.sotto.homeserver;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sotto.homeserver.blindness.AdmittedMedia;
import dev.sotto.homeserver.blindness.AdmittedToDevice;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.rooms.Draft;
import dev.sotto.homeserver.rooms.EventWriter;
import dev.sotto.protocol.id.UserId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What people send to each other comes into the journal through the gate and in no other way: only
/// the gate makes what is admitted, only from that are rows made, and only one store writes each
/// table.
class OneWayInTest {
  private static final String ROOT = "dev.sotto.homeserver.";
  private static final Path SOURCES = Path.of("src/main/java");
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.sotto.homeserver");

  private static final Pattern WRITING =
      Pattern.compile(
          "(?i)(?:INSERT\\s+INTO|UPDATE|MERGE\\s+INTO)\\s+"
              + "(events|relations|room_state|to_device_messages|media|"
              + "devices|one_time_keys|backup_keys|backup_versions)\\b");

  @Test
  void onlyTheGateMakesWhatIsAdmitted() {
    calledOnlyFrom("blindness.Admitted", "<init>", Gate.class.getName());
    calledOnlyFrom("blindness.AdmittedToDevice", "<init>", Gate.class.getName());
    calledOnlyFrom("blindness.AdmittedMedia", "<init>", Gate.class.getName());
  }

  @Test
  void draftHoldsNothingOfASendersMakingButWhatIsAdmitted() {
    Map<String, String> components =
        Arrays.stream(Draft.class.getRecordComponents())
            .collect(
                Collectors.toMap(RecordComponent::getName, part -> part.getType().getSimpleName()));
    assertEquals(
        Map.of("sender", "UserId", "admitted", "Admitted", "sentAt", "Long", "sent", "Sent"),
        components);
  }

  @Test
  void eventsAreBuiltOfDraftsAndWrittenByTheWriterOnly() {
    String writer = EventWriter.class.getName();
    String builder = ROOT + "rooms.EventBuilder";
    String store = ROOT + "rooms.RoomStore";
    calledOnlyFrom("rooms.EventBuilder", "build", writer);
    calledOnlyFrom("rooms.RoomStore", "insertEvent", writer);
    calledOnlyFrom("rooms.RoomStore", "insertRelation", writer);
    calledOnlyFrom("rooms.RoomStore", "redact", writer);
    // Beside the builder, the store makes them of its rows, and an event its own redacted form.
    calledOnlyFrom("rooms.StoredEvent", "<init>", builder, store, ROOT + "rooms.StoredEvent");
    calledOnlyFrom("rooms.StoredEvent", "redacted", builder);
  }

  @Test
  void messagesToDevicesAreWrittenOfWhatIsAdmittedOnly() {
    String service = ROOT + "todevice.ToDevice";
    calledOnlyFrom("todevice.ToDeviceStore", "insert", service);
    calledOnlyFrom("todevice.ToDeviceStore$Message", "<init>", service);
    calledOnlyFrom("blindness.AdmittedToDevice", "content", service);
    parametersOf("todevice.ToDevice", "write", UserId.class, AdmittedToDevice.class);
  }

  @Test
  void filesAreLabelledWithWhatIsAdmittedOnly() {
    String store = ROOT + "media.MediaStore";
    calledOnlyFrom("media.MediaLabel", "<init>", store, ROOT + "media.MediaLabel");
    calledOnlyFrom("media.MediaStore", "insert", ROOT + "media.Media");
    calledOnlyFrom("media.MediaStore", "fill", ROOT + "media.Media");
    parametersOf("media.MediaLabel", "of", AdmittedMedia.class);
  }

  /// What is uploaded is read by these alone, which ask the gate for each part.
  @Test
  void keysArePublishedAfterTheGateLetThemInOnly() {
    String upload = ROOT + "keys.KeyUpload";
    String crossSigning = ROOT + "keys.CrossSigningUpload";
    String backups = ROOT + "backup.Backups";
    calledOnlyFrom("keys.KeyUpload", "<init>", upload);
    calledOnlyFrom("keys.OneTimeKey", "of", upload);
    calledOnlyFrom("keys.CrossSigningUpload", "<init>", crossSigning);
    calledOnlyFrom("keys.CrossSigningKey", "of", crossSigning);
    calledOnlyFrom("blindness.Gate", "admitDeviceKeys", upload);
    calledOnlyFrom("blindness.Gate", "admitOneTimeKey", upload);
    String dehydrated = ROOT + "dehydration.DehydratedUpload";
    calledOnlyFrom("dehydration.DehydratedUpload", "<init>", dehydrated);
    calledOnlyFrom("blindness.Gate", "admitDehydrated", dehydrated);
    calledOnlyFrom("dehydration.DehydratedDeviceStore", "put", ROOT + "dehydration.Dehydration");
    calledOnlyFrom("blindness.Gate", "admitCrossSigningKey", crossSigning);
    calledOnlyFrom("blindness.Gate", "admitBackup", backups);
    calledOnlyFrom("blindness.Gate", "checkBackup", backups);
    calledOnlyFrom("backup.BackupStore", "add", backups);
    calledOnlyFrom("backup.BackupStore", "updateAuthData", backups);
    calledOnlyFrom("blindness.Gate", "checkDeviceId", ROOT + "devices.Devices");
    calledOnlyFrom("devices.DeviceStore", "insert", ROOT + "devices.Devices");
  }

  private static void parametersOf(String type, String method, Class<?>... parameters) {
    List<List<String>> found =
        CLASSES.get(ROOT + type).getMethods().stream()
            .filter(one -> one.getName().equals(method))
            .map(one -> one.getRawParameterTypes().stream().map(JavaClass::getName).toList())
            .toList();
    assertEquals(List.of(Arrays.stream(parameters).map(Class::getName).toList()), found);
  }

  @Test
  void eachTableIsWrittenByItsOwnStore() {
    Map<String, Set<String>> writers = new TreeMap<>();
    for (Path source : sources()) {
      Matcher writing = WRITING.matcher(read(source));
      while (writing.find()) {
        writers
            .computeIfAbsent(writing.group(1).toLowerCase(Locale.ROOT), _ -> new TreeSet<>())
            .add(source.getFileName().toString());
      }
    }
    assertEquals(
        Map.of(
            "devices", Set.of("DeviceStore.java"),
            "one_time_keys", Set.of("OneTimeKeyStore.java"),
            "backup_keys", Set.of("BackupStore.java"),
            "backup_versions", Set.of("BackupStore.java"),
            "events", Set.of("RoomStore.java"),
            "relations", Set.of("RoomStore.java"),
            "room_state", Set.of("RoomStore.java"),
            "to_device_messages", Set.of("ToDeviceStore.java"),
            "media", Set.of("MediaStore.java")),
        writers);
  }

  private static void calledOnlyFrom(String type, String method, String... callers) {
    List<String> allowed = List.of(callers);
    DescribedPredicate<JavaCall<?>> call =
        describe(
            "a call of " + type + "." + method,
            one ->
                one.getTargetOwner().getName().equals(ROOT + type)
                    && one.getTarget().getName().equals(method));
    assertEquals(
        true,
        CLASSES.stream().flatMap(any -> any.getCodeUnitCallsFromSelf().stream()).anyMatch(call),
        "nobody calls " + type + "." + method);
    noClasses()
        .that(
            describe(
                "are not " + allowed,
                one -> allowed.stream().noneMatch(name -> isOrIsWithin(one.getName(), name))))
        .should()
        .callCodeUnitWhere(call)
        .check(CLASSES);
  }

  private static boolean isOrIsWithin(String name, String outer) {
    return name.equals(outer) || name.startsWith(outer + "$");
  }

  private static List<Path> sources() {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
