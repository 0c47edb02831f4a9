package dev.sotto.client.terminal.chat;

import dev.sotto.client.Member;
import dev.sotto.client.Room;
import dev.sotto.client.Security;
import dev.sotto.client.event.Membership;
import dev.sotto.client.terminal.screen.Colour;
import dev.sotto.client.terminal.screen.Harmless;
import dev.sotto.client.terminal.screen.Line;
import java.util.List;

/// Lists who is in a room, with which devices, and how far they are known.
final class WhoOrder {
  private static final int MOST_WITH_DEVICES = 50;

  private final Chat chat;
  private final Security security;

  WhoOrder(Chat chat) {
    this.chat = chat;
    this.security = chat.client().security();
  }

  void list() {
    Room here = chat.here();
    List<Member> joined = here.members();
    for (Member member : joined) {
      show(here, member, "", joined.size() <= MOST_WITH_DEVICES);
    }
    for (Member member : here.members(Membership.INVITE)) {
      show(here, member, " (invited)", false);
    }
  }

  private void show(Room room, Member member, String remark, boolean withDevices) {
    boolean own = member.user().equals(chat.client().user());
    String name = chat.names().of(room, member.user());
    String id = Names.id(member.user());
    Line line = new Line().add("  ").add(own ? Colour.OWN : Colour.OTHERS, name);
    if (!name.contains(id)) {
      line.add(Colour.FAINT, " " + id);
    }
    line.add(Colour.FAINT, (own ? " (you)" : "") + remark + "  ");
    identity(line, member);
    chat.show(line);
    if (withDevices) {
      security.devices(member.user()).forEach(this::device);
    }
  }

  private void identity(Line line, Member member) {
    switch (security.identity(member.user())) {
      case VERIFIED -> line.add(Colour.GOOD, "verified");
      case KNOWN -> line.add(Colour.FAINT, "not verified");
      case CHANGED -> line.add(Colour.DANGER, "IDENTITY HAS CHANGED");
      case NONE -> line.add(Colour.WARNING, "without an identity");
    }
  }

  private void device(Security.DeviceKeys device) {
    Line line =
        new Line().add(Colour.FAINT, "      " + Harmless.name(device.id().value(), "?") + " ");
    device.name().ifPresent(name -> line.add("\"" + Harmless.name(name, "") + "\" "));
    switch (device.trust()) {
      case VERIFIED, SIGNED -> {}
      case OWNER_CHANGED -> line.add(Colour.DANGER, "of a changed identity ");
      case UNSIGNED, UNKNOWN_DEVICE, UNPROVEN, CLEAR ->
          line.add(Colour.DANGER, "UNVERIFIED, gets no keys ");
    }
    line.add(Colour.FAINT, device.fingerprint());
    chat.show(line);
  }
}
