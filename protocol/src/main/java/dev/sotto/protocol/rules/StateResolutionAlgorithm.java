package dev.sotto.protocol.rules;

/// Which state resolution a room version uses.
public enum StateResolutionAlgorithm {
  V1,
  V2,
  V2_1
}
