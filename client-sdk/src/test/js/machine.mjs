// Serves machines of matrix-sdk-crypto, the library inside Element, over JSON lines: a call is
// {"id", "machine", "call", "arguments"} on standard input, its answer {"id", "value"} or
// {"id", "error"} on standard output. Calls are made one after the other. It ends with its input.

// Standard output is for answers alone, whatever the library has to say. This goes first: the
// library may take hold of the console when it is loaded.
for (const level of ["trace", "debug", "log", "info"]) console[level] = console.error;

const { createInterface } = await import("node:readline");
const { LoggerLevel, Tracing } = await import("@matrix-org/matrix-sdk-crypto-wasm");
const { create } = await import("./machines.mjs");
const { calls } = await import("./calls.mjs");

new Tracing(LoggerLevel.Warn).turnOn();
const machines = new Map();

async function answer({ machine: name, call, arguments: given }) {
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
  return (await calls[call](machine, given)) ?? null;
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let reply;
  try {
    reply = { id: request.id, value: await answer(request) };
  } catch (error) {
    reply = {
      id: request.id,
      error: {
        message: String(error.message ?? error.description ?? error),
        code: error.code ?? null,
        withheld: error.withheldCode ?? null,
      },
    };
  }
  process.stdout.write(JSON.stringify(reply) + "\n");
}
process.exit(0);
