// An encrypted room of two people, and what they see in it.

import { EventType, MsgType, Preset } from "matrix-js-sdk";

import { inTheClear } from "./secrets.mjs";
import { until } from "./until.mjs";

/** One person creates an encrypted room and invites the other, who joins. Returns its id. */
export async function encryptedRoom(creator, guest) {
  const { room_id: roomId } = await creator.client.createRoom({
    preset: Preset.PrivateChat,
    name: inTheClear("room name"),
    initial_state: [
      {
        type: EventType.RoomEncryption,
        state_key: "",
        content: { algorithm: "m.megolm.v1.aes-sha2" },
      },
    ],
  });
  await creator.client.invite(roomId, guest.userId);
  await until(guest, "the invitation", () => membership(guest, roomId, guest) === "invite");
  await guest.client.joinRoom(roomId);
  for (const person of [creator, guest]) {
    await until(
      person,
      "both to be members of the encrypted room",
      () =>
        membership(person, roomId, creator) === "join" &&
        membership(person, roomId, guest) === "join" &&
        person.client.getRoom(roomId).hasEncryptionStateEvent(),
    );
  }
  return roomId;
}

function membership(viewer, roomId, { userId }) {
  return viewer.client.getRoom(roomId)?.getMember(userId)?.membership;
}

/** Sends a text message and returns its event id. */
export async function say(sender, roomId, body, relation) {
  const content = { msgtype: MsgType.Text, body, ...(relation && { "m.relates_to": relation }) };
  const { event_id: eventId } = await sender.client.sendMessage(roomId, content);
  return eventId;
}

/** Waits until the viewer has the event and could decrypt it; returns it. */
export async function decrypted(viewer, roomId, eventId) {
  const find = () => viewer.client.getRoom(roomId)?.findEventById(eventId);
  await until(viewer, `event ${eventId}`, find);
  await until(
    viewer,
    `the key of event ${eventId}`,
    () => find().getClearContent() && !find().isDecryptionFailure(),
  );
  return find();
}
