import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api/index.js";

import { logIn, newPerson, start, stop } from "./client.mjs";
import { decrypted, encryptedRoom, say } from "./room.mjs";
import { secret } from "./secrets.mjs";
import { until } from "./until.mjs";

const limit = { timeout: 90_000 };

describe("a dehydrated device", () => {
  let alice, bob, roomId, recoveryKey, dehydrated, secondDevice;
  const missed = new Map();

  before(async () => {
    [alice, bob] = await Promise.all([newPerson("alice"), newPerson("bob")]);
    roomId = await encryptedRoom(alice, bob);
  }, limit);

  after(() => stop(alice, bob, secondDevice));

  test("is made where there is secret storage for its key", limit, async () => {
    const crypto = alice.client.getCrypto();
    assert.ok(await crypto.isDehydrationSupported(), "the server knows of dehydration");
    const key = await crypto.createRecoveryKeyFromPassphrase();
    recoveryKey = key.encodedPrivateKey;
    await crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => key });
    await crypto.startDehydration();
    await until(bob, "a device of Alice's that is dehydrated", async () => {
      dehydrated = [...(await devicesOfAlice()).values()].find((device) => device.dehydrated);
      return dehydrated;
    });
  });

  test("stays when the last session ends, and is sent keys", limit, async () => {
    stop(alice);
    await alice.client.logout(true);
    await until(bob, "Alice to have that device alone", async () => {
      const ids = [...(await devicesOfAlice()).keys()];
      return ids.length === 1 && ids[0] === dehydrated.deviceId;
    });
    for (let i = 1; i <= 3; i++) {
      const body = secret(`message ${i} to nobody`);
      missed.set(await say(bob, roomId, body), body);
    }
  });

  test("lets a new session read what was sent meanwhile", limit, async () => {
    secondDevice = await start(await logIn(alice), { recoveryKey });
    const { client, userId } = secondDevice;
    const crypto = client.getCrypto();
    assert.ok(await crypto.userHasCrossSigningKeys(userId, true), "the public keys are there");
    await crypto.bootstrapCrossSigning({});
    const imported = [];
    client.on(CryptoEvent.RehydrationProgress, (roomKeys) => imported.push(roomKeys));
    await crypto.startDehydration();
    assert.ok(imported.at(-1) >= 1, `${imported.at(-1)} room keys imported`);
    for (const [eventId, body] of missed) {
      const event = await decrypted(secondDevice, roomId, eventId);
      assert.equal(event.getContent().body, body);
    }
  });

  test("gives its place to another one then", limit, async () => {
    await until(bob, "another dehydrated device", async () => {
      const all = [...(await devicesOfAlice()).values()].filter((device) => device.dehydrated);
      return all.length === 1 && all[0].deviceId !== dehydrated.deviceId;
    });
  });

  async function devicesOfAlice() {
    const devices = await bob.client.getCrypto().getUserDeviceInfo([alice.userId]);
    return devices.get(alice.userId) ?? new Map();
  }
});
