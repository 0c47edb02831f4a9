// The fetch that clients are given: it remembers refused requests, so that a wait that times out
// can say what the server refused meanwhile, and writes the trace if one is wanted.

import { appendFileSync } from "node:fs";

import { traceFile } from "./settings.mjs";

const KEPT_FAILURES = 10;
const SHOWN_CHARACTERS = 4000;

/** Makes a fetch for one device and the list of its latest refused requests, oldest first. */
export function recordingFetch(name) {
  const failures = [];
  const recordedFetch = async (resource, options = {}) => {
    const response = await fetch(resource, options);
    const { pathname, search } = new URL(resource);
    const request = `${options.method ?? "GET"} ${pathname}${search}`;
    if (!response.ok) {
      failures.push(`${request} -> ${response.status} ${await shown(response)}`);
      if (failures.length > KEPT_FAILURES) failures.shift();
    }
    if (traceFile) {
      const entry = { name, request, body: readable(options.body), status: response.status };
      appendFileSync(traceFile, JSON.stringify({ ...entry, answer: await shown(response) }) + "\n");
    }
    return response;
  };
  return { fetch: recordedFetch, failures };
}

async function shown(response) {
  return (await response.clone().text()).slice(0, SHOWN_CHARACTERS);
}

function readable(body) {
  return typeof body === "string" || body === undefined ? body : `(${body.byteLength} bytes)`;
}
