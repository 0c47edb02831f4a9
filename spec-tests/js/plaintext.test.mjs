import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";

import { newPerson, stop } from "./client.mjs";
import { encryptedRoom } from "./room.mjs";
import { clearNeedles, secret, secretNeedles } from "./secrets.mjs";
import { dataFolder, policy } from "./settings.mjs";

const limit = { timeout: 90_000 };

describe("a server that cannot read", () => {
  const unlessRequired = policy === "required" ? false : "only where SOTTO_POLICY is required";

  test("refuses an unencrypted message", { ...limit, skip: unlessRequired }, async () => {
    const [alice, bob] = await Promise.all([newPerson("alice"), newPerson("bob")]);
    try {
      const roomId = await encryptedRoom(alice, bob);
      const path = `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/refused`;
      const content = { msgtype: "m.text", body: secret("sent by mistake") };
      // Past the SDK's own encryption.
      const sent = alice.client.http.authedRequest("PUT", path, undefined, content);
      await assert.rejects(sent, { httpStatus: 403, errcode: "M_FORBIDDEN" });
    } finally {
      stop(alice, bob);
    }
  });

  const unlessData = dataFolder ? false : "SOTTO_DATA does not name the server's data folder";

  test("keeps no plaintext of any message", { ...limit, skip: unlessData }, async () => {
    const leaks = [];
    let clearTextFound = false;
    for await (const path of filesBelow(dataFolder)) {
      const bytes = await readIfThere(path);
      clearTextFound ||= Object.values(clearNeedles).some((needle) => bytes.includes(needle));
      for (const [encoding, needle] of Object.entries(secretNeedles)) {
        const at = bytes.indexOf(needle);
        if (at >= 0) leaks.push(`${path} at ${at} (${encoding}): ${surroundings(bytes, at)}`);
      }
    }
    assert.deepEqual(leaks, []);
    assert.ok(
      clearTextFound,
      `Not even the rooms' names were found in ${dataFolder}: run the whole suite, with the ` +
        "folder of the server that it talks to; and a compressed database hides what it holds",
    );
  });
});

async function* filesBelow(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** A running server removes files of its own while they are listed; one that is gone is empty. */
async function readIfThere(path) {
  try {
    return await readFile(path);
  } catch (error) {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

function surroundings(bytes, at) {
  return JSON.stringify(bytes.toString("latin1", Math.max(0, at - 80), at + 120));
}
