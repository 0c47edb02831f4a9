package dev.sotto.client.terminal.demo;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Tells what happens, and what of it did not hold. Not for several threads.
final class Report {
  private final PrintStream out;
  private final List<String> broken = new ArrayList<>();
  private int held;
  private int steps;

  Report(OutputStream out) {
    this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  /// A new part of the story.
  void step(String sentence) {
    steps++;
    out.println();
    out.println(steps + ". " + sentence);
  }

  /// Something that happens.
  void tell(String sentence) {
    out.println("   " + sentence);
  }

  /// Something that has to hold.
  void check(String claim, boolean holds) {
    out.println((holds ? "   [holds]  " : "   [BROKEN] ") + claim);
    if (holds) {
      held++;
    } else {
      broken.add(claim);
    }
  }

  /// The last words.
  ///
  /// @return whether all of it held
  boolean conclude() {
    out.println();
    if (broken.isEmpty()) {
      out.println("All of it held: " + held + " of " + held + ".");
    } else {
      out.println(broken.size() + " of " + (held + broken.size()) + " did not hold:");
      broken.forEach(claim -> out.println("  " + claim));
    }
    return broken.isEmpty();
  }
}
