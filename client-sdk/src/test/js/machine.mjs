// Serves machines of matrix-sdk-crypto, the library inside Element, which need no server.

import { serve } from "./lines.mjs";
import { LoggerLevel, Tracing } from "@matrix-org/matrix-sdk-crypto-wasm";

import { calls } from "./calls.mjs";
import { create } from "./machines.mjs";

new Tracing(LoggerLevel.Warn).turnOn();
const machines = new Map();

await serve(async ({ machine: name, call, arguments: given }) => {
  if (call === "create") {
    machines.set(name, await create(given));
    return null;
  }
  const machine = machines.get(name);
  if (!machine) throw new Error(`There is no machine ${name}`);
  if (call === "close") {
    machines.delete(name);
    machine.olm.close();
    return null;
  }
  if (!Object.hasOwn(calls, call)) throw new Error(`There is no call ${call}`);
  return calls[call](machine, given);
});
