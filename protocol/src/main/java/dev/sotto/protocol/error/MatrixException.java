package dev.sotto.protocol.error;

import java.util.Map;

/// The caller is wrong: what a Matrix API answers as `{"errcode": ..., "error": ...}`.
///
/// It carries no stack trace, because it is an answer and no failure of the program. The message is
/// a sentence for people and must never hold a secret.
public final class MatrixException extends RuntimeException {
  private final ErrorCode code;
  private final int status;
  private final transient Map<String, Object> fields;

  public MatrixException(ErrorCode code, String message) {
    this(code, code.status(), message, Map.of());
  }

  /// An error whose section of the spec names another HTTP status than the code's usual one.
  public MatrixException(ErrorCode code, int status, String message) {
    this(code, status, message, Map.of());
  }

  /// An error with further members beside `errcode` and `error`, for example `retry_after_ms`.
  public MatrixException(ErrorCode code, String message, Map<String, Object> fields) {
    this(code, code.status(), message, fields);
  }

  /// An error with another status and further members.
  public MatrixException(ErrorCode code, int status, String message, Map<String, Object> fields) {
    super(message, null, false, false);
    this.code = code;
    this.status = status;
    this.fields = Map.copyOf(fields);
  }

  public static MatrixException notFound(String message) {
    return new MatrixException(ErrorCode.M_NOT_FOUND, message);
  }

  public static MatrixException forbidden(String message) {
    return new MatrixException(ErrorCode.M_FORBIDDEN, message);
  }

  public static MatrixException invalidParam(String message) {
    return new MatrixException(ErrorCode.M_INVALID_PARAM, message);
  }

  public static MatrixException badJson(String message) {
    return new MatrixException(ErrorCode.M_BAD_JSON, message);
  }

  public static MatrixException tooLarge(String message) {
    return new MatrixException(ErrorCode.M_TOO_LARGE, message);
  }

  public ErrorCode code() {
    return code;
  }

  /// The HTTP status to answer with.
  public int status() {
    return status;
  }

  /// Members beside `errcode` and `error`; values are strings, numbers, booleans or JSON nodes.
  public Map<String, Object> fields() {
    return fields;
  }

  /// The sentence that `error` carries.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
