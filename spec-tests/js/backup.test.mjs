import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { logIn, newPerson, start, stop } from "./client.mjs";
import { decrypted, encryptedRoom, say } from "./room.mjs";
import { secret } from "./secrets.mjs";
import { until } from "./until.mjs";

const limit = { timeout: 90_000 };

describe("a key backup", () => {
  let alice, bob, roomId, recoveryKey, secondDevice;
  const history = new Map();

  before(async () => {
    [alice, bob] = await Promise.all([newPerson("alice"), newPerson("bob")]);
    roomId = await encryptedRoom(alice, bob);
  }, limit);

  after(() => stop(alice, bob, secondDevice));

  test("is set up together with secret storage", limit, async () => {
    const crypto = alice.client.getCrypto();
    const key = await crypto.createRecoveryKeyFromPassphrase();
    recoveryKey = key.encodedPrivateKey;
    await crypto.bootstrapSecretStorage({
      createSecretStorageKey: async () => key,
      setupNewKeyBackup: true,
    });
    await until(alice, "secret storage to be ready", () => crypto.isSecretStorageReady());
    await until(alice, "the backup to be active", () => crypto.getActiveSessionBackupVersion());
  });

  test("receives the key of every session", limit, async () => {
    for (const sender of [alice, bob]) {
      // More than a first sync brings, so that the second device has to page back for the oldest.
      for (let i = 1; i <= 6; i++) {
        const body = secret(`history ${i} of ${sender.name}`);
        const eventId = await say(sender, roomId, body);
        await decrypted(alice, roomId, eventId);
        history.set(eventId, body);
      }
    }
    // Asked of the server, because the SDK answers with what it saw when it made the backup.
    const { http } = alice.client;
    await until(
      alice,
      "the keys of both senders' sessions to be in the backup",
      async () => (await http.authedRequest("GET", "/room_keys/version")).count >= 2,
    );
  });

  test("gives a new device nothing before it is unlocked", limit, async () => {
    // With the first device gone, the backup is the only source of the old keys.
    stop(alice);
    secondDevice = await start(await logIn(alice), { recoveryKey });
    const room = secondDevice.client.getRoom(roomId);
    await secondDevice.client.scrollback(room, 50);
    for (const eventId of history.keys()) {
      const event = await until(secondDevice, `old event ${eventId}`, () => {
        const found = room.findEventById(eventId);
        return found?.isDecryptionFailure() && found;
      });
      assert.equal(event.getWireType(), "m.room.encrypted");
    }
  });

  test("lets the recovery key verify the new device and restore the history", limit, async () => {
    const crypto = secondDevice.client.getCrypto();
    const { userId, credentials } = secondDevice;
    assert.ok(await crypto.userHasCrossSigningKeys(userId, true), "the public keys are there");
    await crypto.bootstrapCrossSigning({});
    await crypto.loadSessionBackupPrivateKeyFromSecretStorage();
    const { total, imported } = await crypto.restoreKeyBackup();
    assert.ok(imported >= 2 && imported === total, `${imported} of ${total} keys imported`);

    for (const [eventId, body] of history) {
      const event = await decrypted(secondDevice, roomId, eventId);
      assert.equal(event.getContent().body, body);
    }
    await until(secondDevice, "its own device to be cross-signed", async () => {
      const status = await crypto.getDeviceVerificationStatus(userId, credentials.device_id);
      return status?.crossSigningVerified;
    });
  });

  test("is not needed for what follows", limit, async () => {
    const body = secret("after the recovery");
    const eventId = await say(bob, roomId, body);
    assert.equal((await decrypted(secondDevice, roomId, eventId)).getContent().body, body);
  });
});
