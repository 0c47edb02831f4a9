package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.protocol.id.RoomId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// One room of an answer.
sealed interface RoomAnswer {
  RoomId id();

  void write(JsonGenerator out);

  /// A room's events and state, as far as they are shown.
  record Events(
      SyncRequest.StateForm form,
      List<Fragment> state,
      List<Fragment> timeline,
      boolean limited,
      long prevBatch) {
    void write(JsonGenerator out) {
      list(out, form.member(), state);
      out.writeObjectPropertyStart("timeline");
      out.writeArrayPropertyStart("events");
      timeline.forEach(event -> event.write(out));
      out.writeEndArray();
      out.writeBooleanProperty("limited", limited);
      out.writeStringProperty("prev_batch", StreamToken.at(prevBatch).toString());
      out.writeEndObject();
    }
  }

  /// A room that the user is joined to.
  record Joined(
      RoomId id,
      Events events,
      @Nullable RoomSummary summary,
      List<Fragment> ephemeral,
      List<Fragment> accountData,
      UnreadFragment unread)
      implements RoomAnswer {
    @Override
    public void write(JsonGenerator out) {
      out.writeStartObject();
      events.write(out);
      list(out, "ephemeral", ephemeral);
      list(out, "account_data", accountData);
      if (summary != null) {
        out.writeName("summary");
        summary.write(out);
      }
      unread.write(out);
      out.writeEndObject();
    }
  }

  /// A room that the user has left or was banned from.
  record Left(RoomId id, Events events, List<Fragment> accountData) implements RoomAnswer {
    @Override
    public void write(JsonGenerator out) {
      out.writeStartObject();
      events.write(out);
      list(out, "account_data", accountData);
      out.writeEndObject();
    }
  }

  /// A room that the user is invited to.
  record Invited(RoomId id, StrippedState state) implements RoomAnswer {
    @Override
    public void write(JsonGenerator out) {
      stripped(out, "invite_state", state);
    }
  }

  /// A room that the user knocked on.
  record Knocked(RoomId id, StrippedState state) implements RoomAnswer {
    @Override
    public void write(JsonGenerator out) {
      stripped(out, "knock_state", state);
    }
  }

  private static void stripped(JsonGenerator out, String name, StrippedState state) {
    out.writeStartObject();
    out.writeObjectPropertyStart(name);
    out.writeName("events");
    state.write(out);
    out.writeEndObject();
    out.writeEndObject();
  }

  private static void list(JsonGenerator out, String name, List<Fragment> events) {
    out.writeObjectPropertyStart(name);
    out.writeArrayPropertyStart("events");
    events.forEach(event -> event.write(out));
    out.writeEndArray();
    out.writeEndObject();
  }
}
