// Calls over JSON lines: {"id", "machine", "call", "arguments"} on standard input, the answer
// {"id", "value"} or {"id", "error"} on standard output. Calls are made one after the other. The
// program ends with its input.
//
// To be imported before anything else: standard output is for answers alone, and a library may take
// hold of the console when it is loaded.

import { createInterface } from "node:readline";

for (const level of ["trace", "debug", "log", "info"]) console[level] = console.error;

/** Answers calls until there are no more. */
export async function serve(answer) {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    let reply;
    try {
      reply = { id: request.id, value: (await answer(request)) ?? null };
    } catch (error) {
      const message = String(error.message ?? error.description ?? error);
      reply = { id: request.id, error: message };
    }
    process.stdout.write(JSON.stringify(reply) + "\n");
  }
  process.exit(0);
}
