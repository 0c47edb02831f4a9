// A machine of matrix-sdk-crypto with what it has told its owner.

import { DeviceId, OlmMachine, UserId } from "@matrix-org/matrix-sdk-crypto-wasm";

/** Makes a device's machine, which keeps its state in memory. */
export async function create({ user, device }) {
  const olm = await OlmMachine.initialize(new UserId(user), new DeviceId(device));
  const machine = { olm, withheld: [], secrets: [], verifications: new Map(), comparisons: new Map() };
  olm.registerRoomKeysWithheldCallback(async (infos) => {
    for (const info of infos) {
      machine.withheld.push({ session: info.sessionId, code: info.withheldCode });
    }
  });
  olm.registerReceiveSecretCallback(async (name, value) => {
    machine.secrets.push({ name, value });
  });
  return machine;
}
