// What can be asked of a machine. The library takes most arguments over for good, so that every
// call makes its own.

import {
  BackupDecryptionKey,
  CollectStrategy,
  DecryptionErrorCode,
  DecryptionSettings,
  DehydratedDeviceKey,
  DeviceId,
  DeviceLists,
  EncryptionSettings,
  EventId,
  HistoryVisibility,
  OlmMachine,
  ProcessedToDeviceEventType,
  QrCodeScan,
  RequestType,
  RoomId,
  ShieldColor,
  ShieldStateCode,
  TrustRequirement,
  UserId,
  VerificationMethod,
  VerificationRequestPhase,
} from "@matrix-org/matrix-sdk-crypto-wasm";

const METHODS = () => [
  VerificationMethod.SasV1,
  VerificationMethod.QrCodeShowV1,
  VerificationMethod.QrCodeScanV1,
  VerificationMethod.ReciprocateV1,
];
const userIds = (users) => users.map((user) => new UserId(user));

/** A request as plain data. */
function shown(request) {
  if (!request) return null;
  return {
    id: request.id ?? null,
    type: request.type === undefined ? "SigningKeysUpload" : RequestType[request.type],
    body: JSON.parse(request.body),
    eventType: request.event_type ?? null,
    transaction: request.txn_id ?? null,
    room: request.room_id ?? null,
    version: request.version ?? null,
  };
}

function shownAll(requests) {
  return requests.map(shown);
}

function trust(trust) {
  return new DecryptionSettings(TrustRequirement[trust ?? "Untrusted"]);
}

function strategy(name) {
  return name === "deviceBased"
    ? CollectStrategy.deviceBasedStrategy(false, false)
    : CollectStrategy[name ?? "allDevices"]();
}

async function device({ olm }, { user, device: id }) {
  const found = await olm.getDevice(new UserId(user), new DeviceId(id));
  if (!found) throw new Error(`${user}'s device ${id} is not known`);
  return found;
}

async function identity({ olm }, { user }) {
  const found = await olm.getIdentity(new UserId(user));
  if (!found) throw new Error(`${user}'s identity is not known`);
  return found;
}

// The library forgets a verification that has come to an end; a test wants to know which one.
function verification({ olm, verifications }, { user, flow }) {
  const found = olm.getVerificationRequest(new UserId(user), flow) ?? verifications.get(flow);
  if (!found) throw new Error(`There is no verification ${flow} with ${user}`);
  verifications.set(flow, found);
  return found;
}

function started({ olm, comparisons }, { user, flow }) {
  const found = olm.getVerification(new UserId(user), flow) ?? comparisons.get(flow);
  if (found) comparisons.set(flow, found);
  return found;
}

function sas(machine, given) {
  const found = started(machine, given);
  if (!found) throw new Error(`The verification ${given.flow} has not started`);
  return found;
}

// The strict view says who is verified, the other one what is wrong with the rest.
function shield(decrypted) {
  if (decrypted.shieldState(true).color === ShieldColor.None) return "None";
  return ShieldStateCode[decrypted.shieldState(false).code ?? ShieldStateCode.UnverifiedIdentity];
}

const basics = {
  keys: ({ olm }) => ({
    ed25519: olm.identityKeys.ed25519.toBase64(),
    curve25519: olm.identityKeys.curve25519.toBase64(),
  }),

  outgoing: async ({ olm }) => shownAll(await olm.outgoingRequests()),

  sent: async ({ olm }, { id, type, answer }) => {
    await olm.markRequestAsSent(id, RequestType[type], JSON.stringify(answer));
  },

  receive: async ({ olm }, { toDevice, changed, left, oneTimeKeys, fallbackKeys }) => {
    const events = await olm.receiveSyncChanges(
      JSON.stringify(toDevice),
      new DeviceLists(userIds(changed), userIds(left)),
      new Map(Object.entries(oneTimeKeys)),
      new Set(fallbackKeys),
    );
    return events.map((event) => ({
      kind: ProcessedToDeviceEventType[event.type],
      event: JSON.parse(event.rawEvent),
      verified: event.encryptionInfo?.isSenderVerified() ?? false,
    }));
  },

  track: ({ olm }, { users }) => olm.updateTrackedUsers(userIds(users)),

  claim: async ({ olm }, { users }) => shown(await olm.getMissingSessions(userIds(users))),
};

const rooms = {
  share: async ({ olm }, { room, users, to, messages }) => {
    const settings = new EncryptionSettings();
    settings.sharingStrategy = strategy(to);
    settings.historyVisibility = HistoryVisibility.Shared;
    if (messages) settings.rotationPeriodMessages = BigInt(messages);
    return shownAll(await olm.shareRoomKey(new RoomId(room), userIds(users), settings));
  },

  encrypt: async ({ olm }, { room, type, content }) =>
    JSON.parse(await olm.encryptRoomEvent(new RoomId(room), type, JSON.stringify(content))),

  decrypt: async ({ olm }, { room, event, atLeast }) => {
    try {
      const decrypted = await olm.decryptRoomEvent(
        JSON.stringify(event),
        new RoomId(room),
        trust(atLeast),
      );
      return {
        event: JSON.parse(decrypted.event),
        sender: decrypted.sender.toString(),
        device: decrypted.senderDevice?.toString() ?? null,
        forwarder: decrypted.forwarder?.toString() ?? null,
        shield: shield(decrypted),
      };
    } catch (error) {
      if (error.code === undefined) throw error;
      return {
        refused: DecryptionErrorCode[error.code],
        description: error.description,
        withheld: error.withheldCode ?? null,
      };
    }
  },

  discardSession: ({ olm }, { room }) => olm.invalidateGroupSession(new RoomId(room)),

  withheld: ({ withheld }) => withheld,

  toDeviceMessage: async (machine, { user, device: id, type, content }) =>
    JSON.parse(await (await device(machine, { user, device: id })).encryptToDeviceEvent(type, content)),
};

const identities = {
  bootstrap: async ({ olm }, { reset }) => {
    const made = await olm.bootstrapCrossSigning(reset);
    return shownAll(
      [made.uploadKeysRequest, made.uploadSigningKeysRequest, made.uploadSignaturesRequest].filter(
        (request) => request,
      ),
    );
  },

  crossSigningStatus: async ({ olm }) => {
    const { hasMaster, hasSelfSigning, hasUserSigning } = await olm.crossSigningStatus();
    return { hasMaster, hasSelfSigning, hasUserSigning };
  },

  exportCrossSigning: async ({ olm }) => {
    const keys = await olm.exportCrossSigningKeys();
    return {
      master: keys.masterKey,
      selfSigning: keys.self_signing_key,
      userSigning: keys.userSigningKey,
    };
  },

  importCrossSigning: async ({ olm }, { master, selfSigning, userSigning }) => {
    await olm.importCrossSigningKeys(master, selfSigning, userSigning);
  },

  device: async (machine, given) => {
    const found = await device(machine, given);
    return {
      verified: found.isVerified(),
      crossSigned: found.isCrossSignedByOwner(),
      crossSigningTrusted: found.isCrossSigningTrusted(),
      dehydrated: found.isDehydrated,
      ed25519: found.ed25519Key.toBase64(),
    };
  },

  devices: async ({ olm }, { user }) =>
    (await olm.getUserDevices(new UserId(user))).keys().map((id) => id.toString()),

  identity: async (machine, given) => {
    const found = await identity(machine, given);
    return {
      verified: found.isVerified(),
      previouslyVerified: found.wasPreviouslyVerified(),
      violated: found.hasVerificationViolation(),
      master: JSON.parse(found.masterKey),
    };
  },

  requestSecrets: ({ olm }) => olm.requestMissingSecretsIfNeeded(),

  secrets: ({ secrets }) => secrets,
};

const verifications = {
  requestOfDevice: async (machine, given) => {
    const [request, toSend] = (await device(machine, given)).requestVerification(METHODS());
    return { flow: request.flowId, request: shown(toSend) };
  },

  requestOfOwn: async (machine, given) => {
    const [request, toSend] = await (await identity(machine, given)).requestVerification(METHODS());
    return { flow: request.flowId, request: shown(toSend) };
  },

  requestContent: async (machine, given) =>
    JSON.parse((await identity(machine, given)).verificationRequestContent(METHODS())),

  requestInRoom: async (machine, given) => {
    const { room, event } = given;
    const user = await identity(machine, given);
    return user.requestVerification(new RoomId(room), new EventId(event), METHODS()).flowId;
  },

  roomEvent: ({ olm }, { room, event }) =>
    olm.receiveVerificationEvent(JSON.stringify(event), new RoomId(room)),

  requests: ({ olm }, { user }) =>
    olm.getVerificationRequests(new UserId(user)).map((request) => ({
      flow: request.flowId,
      phase: VerificationRequestPhase[request.phase()],
    })),

  verification: (machine, given) => {
    const request = verification(machine, given);
    const comparison = started(machine, given);
    return {
      phase: VerificationRequestPhase[request.phase()],
      cancelled: (comparison?.cancelInfo() ?? request.cancelInfo)?.cancelCode() ?? null,
      done: comparison?.isDone() ?? false,
      emoji: (comparison?.emoji?.() ?? []).map((sign) => `${sign.symbol} ${sign.description}`),
      decimals: [...(comparison?.decimals?.() ?? [])],
    };
  },

  acceptRequest: (machine, given) => shown(verification(machine, given).acceptWithMethods(METHODS())),

  startSas: async (machine, given) => {
    const made = await verification(machine, given).startSas();
    if (!made) throw new Error("It cannot be started now");
    return shown(made[1]);
  },

  acceptSas: (machine, given) => shown(sas(machine, given).accept()),

  confirmSas: async (machine, given) => shownAll(await sas(machine, given).confirm()),

  denySas: (machine, given) => shown(sas(machine, given).cancelWithCode("m.mismatched_sas")),

  showCode: async (machine, given) => {
    const code = await verification(machine, given).generateQrCode();
    if (!code) throw new Error("There is no code to show");
    return Buffer.from(code.toBytes()).toString("base64");
  },

  scanCode: async (machine, given) => {
    const bytes = new Uint8ClampedArray(Buffer.from(given.code, "base64"));
    const scanned = await verification(machine, given).scanQrCode(QrCodeScan.fromBytes(bytes));
    return shown(scanned.reciprocate());
  },

  confirmScan: (machine, given) => shown(started(machine, given).confirmScanning()),

  cancelRequest: (machine, given) => shown(verification(machine, given).cancel()),
};

const backups = {
  newBackupKey: () => {
    const key = BackupDecryptionKey.createRandomKey();
    return { secret: key.toBase64(), public: key.megolmV1PublicKey.publicKeyBase64 };
  },

  enableBackup: async ({ olm }, { secret, version }) => {
    const key = BackupDecryptionKey.fromBase64(secret);
    await olm.enableBackupV1(key.megolmV1PublicKey.publicKeyBase64, version);
    await olm.saveBackupDecryptionKey(key, version);
  },

  backUp: async ({ olm }) => shown(await olm.backupRoomKeys()),

  roomKeyCounts: async ({ olm }) => {
    const counts = await olm.roomKeyCounts();
    return { total: counts.total, backedUp: counts.backedUp };
  },

  sign: async ({ olm }, { text }) => JSON.parse((await olm.sign(text)).asJSON()),

  verifyBackup: async ({ olm }, { backup }) => (await olm.verifyBackup(backup)).trusted(),

  restore: async ({ olm }, { secret, version, rooms }) => {
    const key = BackupDecryptionKey.fromBase64(secret);
    const all = new Map();
    for (const [room, { sessions }] of Object.entries(rooms)) {
      const opened = new Map();
      for (const [id, { session_data: sealed }] of Object.entries(sessions)) {
        const { ephemeral, mac, ciphertext } = sealed;
        opened.set(id, JSON.parse(key.decryptV1(ephemeral, mac, ciphertext)));
      }
      all.set(new RoomId(room), opened);
    }
    const { importedCount } = await olm.importBackedUpRoomKeys(all, () => {}, version);
    return importedCount;
  },
};

const dehydrated = {
  dehydrate: async ({ olm }, { key, name }) => {
    const made = await olm.dehydratedDevices().create();
    const body = await made.keysForUpload(name, dehydrationKey(key));
    return JSON.parse(body.body);
  },

  rehydrate: async ({ olm }, { key, device: id, data, events }) => {
    const device = await olm
      .dehydratedDevices()
      .rehydrate(dehydrationKey(key), new DeviceId(id), JSON.stringify(data));
    const keys = await device.receiveEvents(JSON.stringify(events));
    return keys.map((key) => key.sessionId);
  },
};

const histories = {
  buildHistory: async ({ olm }, { room }) => {
    const sealed = await olm.buildRoomKeyBundle(new RoomId(room));
    return {
      file: Buffer.from(sealed.encryptedData).toString("base64"),
      secrets: sealed.mediaEncryptionInfo,
    };
  },

  shareHistory: async ({ olm }, { user, room, url, secrets }) =>
    shownAll(
      await olm.shareRoomKeyBundleData(
        new UserId(user),
        new RoomId(room),
        url,
        secrets,
        strategy("identityBasedStrategy"),
      ),
    ),

  offeredHistory: async (machine, given) => (await offered(machine, given)).url,

  takeHistory: async (machine, given) => {
    const file = new Uint8Array(Buffer.from(given.file, "base64"));
    await machine.olm.receiveRoomKeyBundle(await offered(machine, given), file);
  },
};

async function offered({ olm }, { user, room }) {
  const data = await olm.getReceivedRoomKeyBundleData(new RoomId(room), new UserId(user));
  if (!data) throw new Error(`${user} has offered nothing of ${room}`);
  return data;
}

function dehydrationKey(base64) {
  return DehydratedDeviceKey.createKeyFromArray(new Uint8Array(Buffer.from(base64, "base64")));
}

const keyFiles = {
  exportKeys: async ({ olm }, { passphrase }) =>
    OlmMachine.encryptExportedRoomKeys(await olm.exportRoomKeys(() => true), passphrase, 1000),

  importKeys: async ({ olm }, { file, passphrase }) => {
    const keys = OlmMachine.decryptExportedRoomKeys(file, passphrase);
    return (await olm.importExportedRoomKeys(keys, () => {})).importedCount;
  },
};

export const calls = {
  ...basics,
  ...rooms,
  ...identities,
  ...verifications,
  ...backups,
  ...dehydrated,
  ...histories,
  ...keyFiles,
};
