package dev.sotto.client.encryption.verification;

import dev.sotto.client.verification.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What devices call the ways to verify.
final class Methods {
  static final String SAS = "m.sas.v1";

  /// What follows a scan, whoever scans.
  static final String RECIPROCATE = "m.reciprocate.v1";

  private static final String SHOW = "m.qr_code.show.v1";
  private static final String SCAN = "m.qr_code.scan.v1";

  private Methods() {}

  /// The names under which a device announces what it can do.
  static List<String> names(Collection<Method> methods) {
    List<String> names = new ArrayList<>();
    for (Method method : EnumSet.allOf(Method.class)) {
      if (methods.contains(method)) {
        names.add(name(method));
      }
    }
    if (methods.contains(Method.SHOW_QR_CODE) || methods.contains(Method.SCAN_QR_CODE)) {
      names.add(RECIPROCATE);
    }
    return names;
  }

  private static String name(Method method) {
    return switch (method) {
      case SAS -> SAS;
      case SHOW_QR_CODE -> SHOW;
      case SCAN_QR_CODE -> SCAN;
    };
  }

  /// Which of our methods go with what the other side has announced.
  static Set<Method> common(Collection<Method> ours, Collection<String> theirs) {
    Set<Method> common = EnumSet.noneOf(Method.class);
    for (Method method : ours) {
      if (goesWith(method, theirs)) {
        common.add(method);
      }
    }
    return common;
  }

  private static boolean goesWith(Method method, Collection<String> theirs) {
    return switch (method) {
      case SAS -> theirs.contains(SAS);
      case SHOW_QR_CODE -> theirs.contains(SCAN) && theirs.contains(RECIPROCATE);
      case SCAN_QR_CODE -> theirs.contains(SHOW) && theirs.contains(RECIPROCATE);
    };
  }
}
