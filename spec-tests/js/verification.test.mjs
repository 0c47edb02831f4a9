import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { CryptoEvent, VerificationPhase } from "matrix-js-sdk/lib/crypto-api/index.js";

import { logIn, newPerson, start, stop } from "./client.mjs";
import { decrypted, encryptedRoom, say } from "./room.mjs";
import { secret } from "./secrets.mjs";
import { until } from "./until.mjs";

const limit = { timeout: 90_000 };

describe("comparing emoji", () => {
  let alice, bob, newDevice, roomId;

  before(async () => {
    [alice, bob] = await Promise.all([newPerson("alice"), newPerson("bob")]);
    roomId = await encryptedRoom(alice, bob);
    // A user is verified by their identity, which a client learns when it first encrypts for them.
    await decrypted(bob, roomId, await say(alice, roomId, secret("shall we verify?")));
    await decrypted(alice, roomId, await say(bob, roomId, secret("let us")));
  }, limit);

  after(() => stop(alice, bob, newDevice));

  test("verifies two users to each other", limit, async () => {
    await compareEmoji(alice, bob, () =>
      alice.client.getCrypto().requestVerificationDM(bob.userId, roomId),
    );
    for (const [viewer, other] of [[alice, bob], [bob, alice]]) {
      await until(viewer, `${other.name} to be verified`, async () => {
        const crypto = viewer.client.getCrypto();
        return (await crypto.getUserVerificationStatus(other.userId)).isCrossSigningVerified();
      });
    }
  });

  test("verifies a new device, which is given the user's secrets", limit, async () => {
    newDevice = await start(await logIn(alice));
    const crypto = newDevice.client.getCrypto();
    await until(newDevice, "the user's identity", () => crypto.userHasCrossSigningKeys());
    await compareEmoji(newDevice, alice, () => crypto.requestOwnUserVerification());

    await until(newDevice, "the private cross-signing keys", async () => {
      const { privateKeysCachedLocally: keys } = await crypto.getCrossSigningStatus();
      return keys.masterKey && keys.selfSigningKey && keys.userSigningKey;
    });
    await until(alice, "the new device to be cross-signed", async () => {
      const { user_id: userId, device_id: deviceId } = newDevice.credentials;
      const status = await alice.client.getCrypto().getDeviceVerificationStatus(userId, deviceId);
      return status?.crossSigningVerified;
    });
  });

  test("lets the verified device read and be read", limit, async () => {
    const question = secret("to the verified device");
    const questionId = await say(bob, roomId, question);
    assert.equal((await decrypted(newDevice, roomId, questionId)).getContent().body, question);
    const answer = secret("from the verified device");
    const answerId = await say(newDevice, roomId, answer);
    assert.equal((await decrypted(bob, roomId, answerId)).getContent().body, answer);
  });
});

/** Takes both sides from the request through the emoji to the end. */
async function compareEmoji(requester, responder, makeRequest) {
  let incoming;
  responder.client.once(CryptoEvent.VerificationRequestReceived, (request) => {
    incoming = request;
  });
  const outgoing = await makeRequest();
  await until(responder, "the verification request", () => incoming);
  await incoming.accept();
  await inPhase(requester, outgoing, VerificationPhase.Ready);

  const requesterSide = await outgoing.startVerification("m.sas.v1");
  const requesterDone = requesterSide.verify();
  await inPhase(responder, incoming, VerificationPhase.Started);
  const responderSide = incoming.verifier;
  const responderDone = responderSide.verify();

  const requesterSas = await shownSas(requester, requesterSide);
  const responderSas = await shownSas(responder, responderSide);
  assert.equal(requesterSas.sas.emoji.length, 7);
  assert.deepEqual(requesterSas.sas.emoji, responderSas.sas.emoji);
  await Promise.all([requesterSas.confirm(), responderSas.confirm()]);
  await Promise.all([requesterDone, responderDone]);
  await inPhase(requester, outgoing, VerificationPhase.Done);
  await inPhase(responder, incoming, VerificationPhase.Done);
}

function inPhase(device, request, phase) {
  const what = `the verification to be in phase ${VerificationPhase[phase]}`;
  return until(device, what, () => request.phase === phase, request);
}

function shownSas(device, verifier) {
  return until(device, "the emoji", () => verifier.getShowSasCallbacks(), verifier);
}
