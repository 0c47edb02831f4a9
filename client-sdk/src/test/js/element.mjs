// Serves clients of matrix-js-sdk with its Rust crypto, as Element uses them, at a real server.

import { serve } from "./lines.mjs";
import "./polyfill.mjs";
import "fake-indexeddb/auto";

import { EventType, MsgType, Preset, createClient } from "matrix-js-sdk";
import {
  CryptoEvent,
  OnlySignedDevicesIsolationMode,
  VerificationPhase,
  decodeRecoveryKey,
} from "matrix-js-sdk/lib/crypto-api/index.js";
import { logger as sdkLogger } from "matrix-js-sdk/lib/logger.js";

import { until } from "./until.mjs";

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, getChild: () => silent };
sdkLogger.methodFactory = () => () => {};
sdkLogger.rebuild();

const devices = new Map();

/** Starts the client of a device that is logged in, and waits for its first sync. */
async function start({ url, user, device: deviceId, token, password }) {
  const storageKeys = new Map();
  const client = createClient({
    baseUrl: url,
    logger: silent,
    userId: user,
    deviceId,
    accessToken: token,
    cryptoCallbacks: {
      cacheSecretStorageKey: (keyId, _info, key) => storageKeys.set(keyId, key),
      getSecretStorageKey: async ({ keys }) => {
        const [keyId] = Object.keys(keys);
        return [keyId, storageKeys.get(keyId) ?? decodeRecoveryKey(device.recoveryKey)];
      },
    },
  });
  const device = { name: user, userId: user, password, client, requests: new Map() };
  await client.initRustCrypto({ cryptoDatabasePrefix: `${user}/${deviceId}` });
  client.getCrypto().setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
  client.on(CryptoEvent.VerificationRequestReceived, (request) => {
    device.requests.set(request.otherUserId, { request });
  });
  await client.startClient({ lazyLoadMembers: true, threadSupport: true, initialSyncLimit: 5 });
  await until(device, "its first sync", () => client.isInitialSyncComplete());
  return device;
}

function verification(device, { user }) {
  const found = device.requests.get(user);
  if (!found) throw new Error(`${device.name} has no verification with ${user}`);
  return found;
}

function event(device, { room, event: id }) {
  return device.client.getRoom(room)?.findEventById(id);
}

// Before it has heard of the encryption, the library sends in the clear.
function awaitEncryption(device, room) {
  return until(device, "the room to be known as encrypted", () =>
    device.client.getRoom(room)?.hasEncryptionStateEvent(),
  );
}

const calls = {
  /** Makes and uploads cross-signing keys. */
  bootstrap: async ({ client, userId, password }) => {
    await client.getCrypto().bootstrapCrossSigning({
      authUploadDeviceSigningKeys: async (upload) => {
        try {
          return await upload(null);
        } catch (error) {
          const session = error.data?.session;
          if (!session) throw error;
          const identifier = { type: "m.id.user", user: userId };
          return upload({ type: "m.login.password", identifier, password, session });
        }
      },
    });
  },

  createRoom: async (device, { invite }) => {
    const { room_id: room } = await device.client.createRoom({
      preset: Preset.PrivateChat,
      invite,
      initial_state: [
        {
          type: EventType.RoomEncryption,
          state_key: "",
          content: { algorithm: "m.megolm.v1.aes-sha2" },
        },
      ],
    });
    await awaitEncryption(device, room);
    return room;
  },

  join: async (device, { room }) => {
    await device.client.joinRoom(room);
    await awaitEncryption(device, room);
  },

  /** Waits until a user is a member. */
  awaitMember: async (device, { room, user }) => {
    await until(
      device,
      `${user} to be a member`,
      () => device.client.getRoom(room)?.getMember(user)?.membership === "join",
    );
  },

  say: async ({ client }, { room, text }) => {
    const content = { msgtype: MsgType.Text, body: text };
    const { event_id: id } = await client.sendMessage(room, content);
    return id;
  },

  /** Waits until an event has come and was decrypted. */
  read: async (device, given) => {
    await until(device, `event ${given.event}`, () => event(device, given));
    const found = event(device, given);
    await until(
      device,
      `the key of event ${given.event}`,
      () => found.getClearContent() && !found.isDecryptionFailure(),
    );
    const { shieldColour, shieldReason } =
      (await device.client.getCrypto().getEncryptionInfoForEvent(found)) ?? {};
    return {
      body: found.getContent().body,
      sender: found.getSender(),
      encrypted: found.getWireType() === "m.room.encrypted",
      shield: shieldColour ?? null,
      reason: shieldReason ?? null,
    };
  },

  /** Events of a room that could not be decrypted, and why. */
  unreadable: ({ client }, { room }) =>
    client
      .getRoom(room)
      .getLiveTimeline()
      .getEvents()
      .filter((each) => each.isDecryptionFailure())
      .map((each) => ({ event: each.getId(), reason: each.decryptionFailureReason })),

  isVerified: async ({ client }, { user }) =>
    (await client.getCrypto().getUserVerificationStatus(user)).isCrossSigningVerified(),

  awaitVerified: async (device, { user }) => {
    await until(device, `${user} to be verified`, () => calls.isVerified(device, { user }));
  },

  /** Waits until a user's identity is known. */
  awaitIdentity: async (device, { user }) => {
    await until(device, `${user}'s identity`, () =>
      device.client.getCrypto().userHasCrossSigningKeys(user, true),
    );
  },

  /** Makes secret storage and a backup; returns the recovery key. */
  setUpRecovery: async (device) => {
    const crypto = device.client.getCrypto();
    const key = await crypto.createRecoveryKeyFromPassphrase();
    await crypto.bootstrapSecretStorage({
      createSecretStorageKey: async () => key,
      setupNewKeyBackup: true,
    });
    await until(device, "the backup to be active", () => crypto.getActiveSessionBackupVersion());
    return key.encodedPrivateKey;
  },

  /** Waits until so many keys are in the backup, as the server counts them. */
  awaitBackedUp: async (device, { count }) => {
    const { http } = device.client;
    await until(
      device,
      "the keys to be in the backup",
      async () => (await http.authedRequest("GET", "/room_keys/version")).count >= count,
    );
  },

  /** Becomes one of the user's devices with the recovery key; returns the keys that it got. */
  recover: async (device, { key }) => {
    device.recoveryKey = key;
    const crypto = device.client.getCrypto();
    await until(device, "the user's identity", () => crypto.userHasCrossSigningKeys());
    await crypto.bootstrapCrossSigning({});
    await crypto.loadSessionBackupPrivateKeyFromSecretStorage();
    return (await crypto.restoreKeyBackup()).imported;
  },

  /** Takes what the dehydrated device was sent, if there is one, and leaves another. */
  dehydrate: async ({ client }) => {
    await client.getCrypto().startDehydration();
  },

  /** Pages back for what was said before. */
  scrollBack: async ({ client }, { room }) => {
    await client.scrollback(client.getRoom(room), 50);
  },

  requestVerification: async (device, { user, room }) => {
    const request = await device.client.getCrypto().requestVerificationDM(user, room);
    device.requests.set(user, { request });
  },

  /** Waits for somebody's request, and accepts it. */
  acceptVerification: async (device, { user }) => {
    await until(device, `${user} to ask for a verification`, () => device.requests.has(user));
    await verification(device, { user }).request.accept();
  },

  /** Starts to compare emoji as soon as both are ready. */
  startSas: async (device, given) => {
    const found = verification(device, given);
    const { request } = found;
    await until(
      device,
      "the other to be ready",
      () => request.phase === VerificationPhase.Ready,
      request,
    );
    found.verifier = await request.startVerification("m.sas.v1");
    found.done = found.verifier.verify();
    found.done.catch(() => {});
  },

  /** Waits for the other to start, and goes along. */
  acceptSas: async (device, given) => {
    const found = verification(device, given);
    const { request } = found;
    await until(
      device,
      "the other to start",
      () => request.phase === VerificationPhase.Started,
      request,
    );
    found.verifier = request.verifier;
    found.done = found.verifier.verify();
    found.done.catch(() => {});
  },

  /** Waits for the emoji, without their names. */
  emoji: async (device, given) => {
    const found = verification(device, given);
    const { verifier } = found;
    found.sas = await until(
      device,
      "the emoji",
      () => verifier.getShowSasCallbacks(),
      verifier,
    );
    return found.sas.sas.emoji.map(([symbol]) => symbol);
  },

  confirm: async (device, given) => {
    await verification(device, given).sas.confirm();
  },

  awaitDone: async (device, given) => {
    const { done, request } = verification(device, given);
    await done;
    await until(
      device,
      "the verification to be done",
      () => request.phase === VerificationPhase.Done,
      request,
    );
  },

  stop: ({ client }) => client.stopClient(),
};

await serve(async ({ machine: name, call, arguments: given }) => {
  if (call === "start") {
    devices.set(name, await start(given));
    return null;
  }
  const device = devices.get(name);
  if (!device) throw new Error(`There is no device ${name}`);
  if (!Object.hasOwn(calls, call)) throw new Error(`There is no call ${call}`);
  return calls[call](device, given);
});
