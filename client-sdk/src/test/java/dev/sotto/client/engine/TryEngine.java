package dev.sotto.client.engine;

/// A program that uses the engine once. It ends with 3 if that was not possible, and has then tried
/// another class too, which must say the same.
final class TryEngine {
  private TryEngine() {}

  public static void main(String[] arguments) {
    try (OlmAccount account = OlmAccount.create()) {
      account.sign(new byte[1]);
      System.out.println("works");
    } catch (EngineUnavailableException e) {
      System.out.println(e.getMessage());
      System.exit(saysTheSame(e) ? 3 : 4);
    }
  }

  private static boolean saysTheSame(EngineUnavailableException first) {
    try (Sas _ = Sas.create()) {
      return false;
    } catch (EngineUnavailableException e) {
      return String.valueOf(e.getMessage()).equals(first.getMessage());
    }
  }
}
