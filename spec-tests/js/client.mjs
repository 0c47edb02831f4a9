// Users and their devices: registration, login, and a started client with Rust crypto.

import "./polyfill.mjs";
import "fake-indexeddb/auto";

import { randomBytes } from "node:crypto";

import { createClient } from "matrix-js-sdk";
import {
  decodeRecoveryKey,
  OnlySignedDevicesIsolationMode,
} from "matrix-js-sdk/lib/crypto-api/index.js";
import { logger as sdkLogger } from "matrix-js-sdk/lib/logger.js";

import { recordingFetch } from "./http.mjs";
import { baseUrl, registrationToken } from "./settings.mjs";
import { authenticated } from "./user-interactive-auth.mjs";
import { until } from "./until.mjs";

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, getChild: () => silent };
sdkLogger.methodFactory = () => () => {};
sdkLogger.rebuild();

/** Registers a user with a fresh name that starts with the given one. */
export async function register(name) {
  const username = `${name}-${randomBytes(5).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  const answers = { "m.login.dummy": {} };
  if (registrationToken) answers["m.login.registration_token"] = { token: registrationToken };
  const { fetch: fetchFn } = recordingFetch(name);
  const anonymous = createClient({ baseUrl, fetchFn, logger: silent });
  const credentials = await authenticated(
    (auth) => anonymous.registerRequest({ username, password, ...(auth && { auth }) }),
    answers,
  );
  return { name, password, credentials };
}

/** Logs in a new device of a registered user. */
export async function logIn({ name, password, credentials: { user_id: user } }) {
  const { fetch: fetchFn } = recordingFetch(name);
  const anonymous = createClient({ baseUrl, fetchFn, logger: silent });
  const credentials = await anonymous.loginRequest({
    type: "m.login.password",
    identifier: { type: "m.id.user", user },
    password,
  });
  return { name, password, credentials };
}

/**
 * Starts the client of a device and waits for its first sync. Started again after {@link stop},
 * it finds its crypto store as it was, as a reloaded page does.
 *
 * @param recoveryKey what the user types when secret storage asks for it
 */
export async function start({ name, password, credentials }, { recoveryKey } = {}) {
  const { fetch: fetchFn, failures } = recordingFetch(name);
  const storageKeys = new Map();
  const client = createClient({
    baseUrl,
    fetchFn,
    logger: silent,
    userId: credentials.user_id,
    deviceId: credentials.device_id,
    accessToken: credentials.access_token,
    cryptoCallbacks: {
      cacheSecretStorageKey: (keyId, _info, key) => storageKeys.set(keyId, key),
      getSecretStorageKey: async ({ keys }) => {
        const [keyId] = Object.keys(keys);
        return [keyId, storageKeys.get(keyId) ?? decodeRecoveryKey(recoveryKey)];
      },
    },
  });
  const device = { name, password, credentials, client, failures, userId: credentials.user_id };
  const cryptoDatabasePrefix = `${credentials.user_id}/${credentials.device_id}`;
  await client.initRustCrypto({ cryptoDatabasePrefix });
  // As Element does since 2026: a signature that the server loses is a message nobody can read.
  client.getCrypto().setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
  await client.startClient({ lazyLoadMembers: true, threadSupport: true, initialSyncLimit: 5 });
  await until(device, "its first sync", () => client.isInitialSyncComplete());
  return device;
}

/** Creates and uploads the user's cross-signing keys. */
export async function bootstrapCrossSigning({ client, userId, password }) {
  const answers = {
    "m.login.dummy": {},
    "m.login.password": { identifier: { type: "m.id.user", user: userId }, password },
  };
  await client.getCrypto().bootstrapCrossSigning({
    authUploadDeviceSigningKeys: (makeRequest) => authenticated(makeRequest, answers),
  });
}

/** Registers a user and starts a device of theirs that owns the user's cross-signing keys. */
export async function newPerson(name) {
  const person = await start(await register(name));
  await bootstrapCrossSigning(person);
  return person;
}

export function stop(...devices) {
  for (const device of devices) device?.client.stopClient();
}
