import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { newPerson, start, stop } from "./client.mjs";
import { decrypted, encryptedRoom, say } from "./room.mjs";
import { secret } from "./secrets.mjs";
import { until } from "./until.mjs";

const limit = { timeout: 90_000 };

describe("two people in an encrypted room", () => {
  let alice, bob, roomId;

  before(async () => {
    [alice, bob] = await Promise.all([newPerson("alice"), newPerson("bob")]);
    roomId = await encryptedRoom(alice, bob);
  }, limit);

  after(() => stop(alice, bob));

  test("read five messages each way", limit, async () => {
    for (let turn = 1; turn <= 5; turn++) {
      for (const [sender, reader] of [[alice, bob], [bob, alice]]) {
        const body = secret(`message ${turn} of ${sender.name}`);
        const event = await decrypted(reader, roomId, await say(sender, roomId, body));
        assert.equal(event.getWireType(), "m.room.encrypted");
        assert.equal(event.getContent().body, body);
        assert.equal(event.getSender(), sender.userId);
      }
    }
  });

  test("read messages that were sent all at once", limit, async () => {
    const bodies = Array.from({ length: 5 }, (_, i) => secret(`burst ${i}`));
    const eventIds = await Promise.all(bodies.map((body) => say(alice, roomId, body)));
    const events = await Promise.all(eventIds.map((id) => decrypted(bob, roomId, id)));
    assert.deepEqual(events.map((event) => event.getContent().body), bodies);
  });

  test("see an edit in place of the message", limit, async () => {
    const eventId = await say(alice, roomId, secret("before the edit"));
    const event = await decrypted(bob, roomId, eventId);
    const edited = secret("after the edit");
    await alice.client.sendMessage(roomId, {
      msgtype: "m.text",
      body: `* ${edited}`,
      "m.new_content": { msgtype: "m.text", body: edited },
      "m.relates_to": { rel_type: "m.replace", event_id: eventId },
    });
    await until(bob, "the edit", () => event.getContent().body === edited);
  });

  test("see a reaction", limit, async () => {
    const eventId = await say(alice, roomId, secret("react to this"));
    await decrypted(bob, roomId, eventId);
    await bob.client.sendEvent(roomId, "m.reaction", {
      "m.relates_to": { rel_type: "m.annotation", event_id: eventId, key: "👍" },
    });
    const reactions = () =>
      alice.client
        .getRoom(roomId)
        .relations.getChildEventsForEvent(eventId, "m.annotation", "m.reaction")
        ?.getSortedAnnotationsByKey();
    const [[key, events]] = await until(alice, "the reaction", () => {
      const found = reactions();
      return found?.length && found;
    });
    assert.equal(key, "👍");
    assert.deepEqual([...events].map((event) => event.getSender()), [bob.userId]);
  });

  test("read replies in a thread", limit, async () => {
    const rootId = await say(alice, roomId, secret("root of the thread"));
    await decrypted(bob, roomId, rootId);
    const inThread = { rel_type: "m.thread", event_id: rootId };
    const body = secret("reply in the thread");
    const replyId = await say(bob, roomId, body, inThread);
    const reply = await decrypted(alice, roomId, replyId);
    assert.equal(reply.getContent().body, body);
    assert.equal(reply.threadRootId, rootId);
    const thread = await until(alice, "the thread", () =>
      alice.client.getRoom(roomId).getThread(rootId),
    );
    const last = () => thread.replyToEvent?.getId();
    await until(alice, "the reply to be the thread's last", () => last() === replyId);
    assert.equal(thread.length, 1);
  });

  test("see a redaction take the content away", limit, async () => {
    const eventId = await say(alice, roomId, secret("to be redacted"));
    const event = await decrypted(bob, roomId, eventId);
    await alice.client.redactEvent(roomId, eventId);
    await until(bob, "the redaction", () => event.isRedacted());
    const stored = await bob.client.fetchRoomEvent(roomId, eventId);
    assert.deepEqual(stored.content, {}, "the server gives out the redacted event's content");
  });

  test("see how far the other has read", limit, async () => {
    const eventId = await say(alice, roomId, secret("has this been read?"));
    await bob.client.sendReadReceipt(await decrypted(bob, roomId, eventId));
    const receipt = () => alice.client.getRoom(roomId).getReadReceiptForUserId(bob.userId, true);
    await until(alice, "bob's receipt", () => receipt()?.eventId === eventId);
  });

  test("see the other type and stop", limit, async () => {
    const typing = () => alice.client.getRoom(roomId).getMember(bob.userId).typing;
    await bob.client.sendTyping(roomId, true, 20_000);
    await until(alice, "bob to type", () => typing());
    await bob.client.sendTyping(roomId, false, 0);
    await until(alice, "bob to stop typing", () => !typing());
  });

  test("read what was sent while they were away", limit, async () => {
    const before = secret("before bob left");
    const beforeId = await say(alice, roomId, before);
    await decrypted(bob, roomId, beforeId);
    stop(bob);
    await alice.client.getCrypto().forceDiscardSession(roomId);
    const meanwhile = secret("while bob was away");
    const meanwhileId = await say(alice, roomId, meanwhile);

    bob = await start(bob);
    assert.equal((await decrypted(bob, roomId, meanwhileId)).getContent().body, meanwhile);
    assert.equal((await decrypted(bob, roomId, beforeId)).getContent().body, before);
  });
});
