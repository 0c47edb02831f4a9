package dev.sotto.client.encryption.verification;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What a device can do to verify.
public enum Method {
  /// Both show emoji or digits, and people compare them.
  SAS("m.sas.v1"),
  /// This device shows a QR code for the other to scan.
  SHOW_QR_CODE("m.qr_code.show.v1"),
  /// This device scans the other's QR code.
  SCAN_QR_CODE("m.qr_code.scan.v1");

  /// What follows a scan, whoever scans.
  static final String RECIPROCATE = "m.reciprocate.v1";

  private final String value;

  Method(String value) {
    this.value = value;
  }

  String value() {
    return value;
  }

  /// The names under which a device announces what it can do.
  static List<String> names(Collection<Method> methods) {
    List<String> names = new ArrayList<>();
    for (Method method : EnumSet.allOf(Method.class)) {
      if (methods.contains(method)) {
        names.add(method.value);
      }
    }
    if (methods.contains(SHOW_QR_CODE) || methods.contains(SCAN_QR_CODE)) {
      names.add(RECIPROCATE);
    }
    return names;
  }

  /// Which of our methods go with what the other side has announced.
  static Set<Method> common(Collection<Method> ours, Collection<String> theirs) {
    Set<Method> common = EnumSet.noneOf(Method.class);
    for (Method method : ours) {
      if (method.goesWith(theirs)) {
        common.add(method);
      }
    }
    return common;
  }

  private boolean goesWith(Collection<String> theirs) {
    return switch (this) {
      case SAS -> theirs.contains(SAS.value);
      case SHOW_QR_CODE -> theirs.contains(SCAN_QR_CODE.value) && theirs.contains(RECIPROCATE);
      case SCAN_QR_CODE -> theirs.contains(SHOW_QR_CODE.value) && theirs.contains(RECIPROCATE);
    };
  }
}
