package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandlersTest {
  private final Handlers handlers = new Handlers();
  private final List<Problem> told = new ArrayList<>();

  @Test
  void handlerThatIsThereTwiceIsTakenAwayOnceForEach() {
    Problem.Listener listener = told::add;
    Subscription first = handlers.addProblems(listener);
    Subscription second = handlers.addProblems(listener);
    first.close();
    first.close();
    handlers.problem(Problem.Kind.SERVER, new IllegalStateException());
    assertEquals(1, told.size());
    second.close();
    handlers.problem(Problem.Kind.SERVER, new IllegalStateException());
    assertEquals(1, told.size());
  }
}
