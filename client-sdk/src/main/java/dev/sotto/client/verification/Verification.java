package dev.sotto.client.verification;

import java.util.List;
import java.util.Set;

/// A verification in one of its phases. What can be done in a phase is which methods of
/// [dev.sotto.client.Security] take it. It does not change; the verification may have gone on
/// meanwhile, which those methods see.
public sealed interface Verification {
  /// Which verification it is, the same in all phases. Never used twice by one process.
  long id();

  /// Who is on the other side.
  Peer peer();

  /// A phase of one that has not ended, and can be cancelled.
  sealed interface Open extends Verification {}

  /// This device has asked and waits for an answer.
  record RequestSent(long id, Peer peer) implements Open {}

  /// The other side asks: the user may accept, or decline by cancelling.
  record RequestReceived(long id, Peer peer) implements Open {}

  /// The other side asks for methods none of which is supported here. Another device of the user
  /// may accept it; here it can only be declined.
  record Unsupported(long id, Peer peer) implements Open {}

  /// Both sides are willing; either may start.
  ///
  /// @param methods what this side can do now
  record Ready(long id, Peer peer, Set<Method> methods) implements Open {
    public Ready {
      methods = Set.copyOf(methods);
    }
  }

  /// The devices exchange keys; there is nothing to do.
  record Started(long id, Peer peer) implements Open {}

  /// Both people compare what their devices show.
  ///
  /// @param emoji seven; none if the other side cannot show them
  /// @param decimals three numbers of four digits; none if the other side cannot show them
  record KeysExchanged(long id, Peer peer, List<SasEmoji> emoji, List<Integer> decimals)
      implements Open {
    public KeysExchanged {
      emoji = List.copyOf(emoji);
      decimals = List.copyOf(decimals);
    }
  }

  /// The other side says that it has scanned this side's QR code, and that all is well. The user
  /// confirms that it shows so, or cancels.
  record Scanned(long id, Peer peer) implements Open {}

  /// The user here has confirmed, or scanned the other side's QR code; the other side has still to
  /// finish.
  record Confirmed(long id, Peer peer) implements Open {}

  /// It succeeded on both sides.
  record Done(long id, Peer peer, Verified verified) implements Verification {}

  /// It ended without success.
  ///
  /// @param reason a sentence; theirs if the code is [CancelCode#OTHER]
  record Cancelled(long id, Peer peer, CancelCode code, String reason, By by)
      implements Verification {}

  /// Who ended it.
  enum By {
    /// This device or its user.
    US,
    /// The other side.
    THEM,
    /// Another device of this user, which took it over or declined it.
    OTHER_DEVICE
  }
}
