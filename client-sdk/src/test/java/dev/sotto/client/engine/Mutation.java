package dev.sotto.client.engine;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// A small change to some bytes, at a place that is given as a share of their length.
record Mutation(Kind kind, double place, int value) {
  enum Kind {
    CHANGE,
    CUT,
    INSERT,
    REMOVE,
    ZERO_THE_REST,
    REPEAT
  }

  static Arbitrary<List<Mutation>> some() {
    return Combinators.combine(
            Arbitraries.of(Kind.class),
            Arbitraries.doubles().between(0, 1),
            Arbitraries.integers().between(1, 255))
        .as(Mutation::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  static byte[] all(List<Mutation> mutations, byte[] bytes) {
    byte[] mutated = bytes;
    for (Mutation mutation : mutations) {
      if (mutated.length > 0) {
        mutated = mutation.of(mutated);
      }
    }
    return mutated;
  }

  private byte[] of(byte[] in) {
    int at = Math.min((int) (place * in.length), in.length - 1);
    byte[] out = in.clone();
    switch (kind) {
      case CHANGE -> out[at] ^= (byte) value;
      case CUT -> out = Arrays.copyOf(in, at);
      case INSERT -> {
        out = Arrays.copyOf(in, in.length + 1);
        System.arraycopy(in, at, out, at + 1, in.length - at);
        out[at] = (byte) value;
      }
      case REMOVE -> {
        out = Arrays.copyOf(in, in.length - 1);
        System.arraycopy(in, at + 1, out, at, in.length - at - 1);
      }
      case ZERO_THE_REST -> Arrays.fill(out, at, out.length, (byte) 0);
      case REPEAT -> {
        out = Arrays.copyOf(in, in.length + value);
        System.arraycopy(in, at, out, in.length, Math.min(value, in.length - at));
      }
    }
    return out;
  }
}
