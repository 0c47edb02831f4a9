package dev.sotto.client.verification;

/// What a device can do to verify.
public enum Method {
  /// Both show emoji or digits, and people compare them.
  SAS,
  /// This device shows a QR code for the other to scan.
  SHOW_QR_CODE,
  /// This device scans the other's QR code.
  SCAN_QR_CODE
}
