import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { newPerson, stop } from "./client.mjs";
import { decryptAttachment, encryptAttachment } from "./encrypted-file.mjs";
import { decrypted, encryptedRoom } from "./room.mjs";
import { secret } from "./secrets.mjs";

const limit = { timeout: 90_000 };

describe("an encrypted attachment", () => {
  let alice, bob, roomId;

  before(async () => {
    [alice, bob] = await Promise.all([newPerson("alice"), newPerson("bob")]);
    roomId = await encryptedRoom(alice, bob);
  }, limit);

  after(() => stop(alice, bob));

  test("comes back whole through authenticated media", limit, async () => {
    const plaintext = Buffer.from(`${secret("attachment")}\n`.repeat(5000));
    const { ciphertext, file } = await encryptAttachment(plaintext);
    const { content_uri: url } = await alice.client.uploadContent(ciphertext, {
      type: "application/octet-stream",
      includeFilename: false,
    });
    const { event_id: eventId } = await alice.client.sendMessage(roomId, {
      msgtype: "m.file",
      body: secret("file name.txt"),
      info: { mimetype: "text/plain", size: plaintext.length },
      file: { ...file, url },
    });

    const { file: received } = (await decrypted(bob, roomId, eventId)).getContent();
    const address = authenticatedAddress(bob, received.url);
    const response = await fetch(address, {
      headers: { Authorization: `Bearer ${bob.client.getAccessToken()}` },
    });
    assert.equal(response.status, 200, `${address}: ${response.statusText}`);
    const downloaded = Buffer.from(await response.arrayBuffer());
    assert.ok(plaintext.equals(await decryptAttachment(downloaded, received)));
  });

  test("is not given out without an access token", limit, async () => {
    const { ciphertext } = await encryptAttachment(Buffer.from(secret("kept from strangers")));
    const { content_uri: url } = await alice.client.uploadContent(ciphertext, {
      type: "application/octet-stream",
      includeFilename: false,
    });
    const response = await fetch(authenticatedAddress(alice, url));
    assert.equal(response.status, 401);
    assert.equal((await response.json()).errcode, "M_MISSING_TOKEN");
  });
});

function authenticatedAddress({ client }, mxc) {
  return client.mxcUrlToHttp(mxc, undefined, undefined, undefined, false, true, true);
}
