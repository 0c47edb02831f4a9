// Waiting for a condition, woken by the client's events.

import { ClientEvent, MatrixEventEvent, RoomEvent, RoomStateEvent } from "matrix-js-sdk";
import {
  CryptoEvent,
  VerificationRequestEvent,
  VerifierEvent,
} from "matrix-js-sdk/lib/crypto-api/index.js";

const LIMIT_MILLIS = 30_000;

const WAKING_EVENTS = [
  ClientEvent.Sync,
  RoomEvent.Timeline,
  RoomStateEvent.Members,
  MatrixEventEvent.Decrypted,
  CryptoEvent.KeyBackupSessionsRemaining,
  CryptoEvent.VerificationRequestReceived,
  CryptoEvent.UserTrustStatusChanged,
  CryptoEvent.KeysChanged,
  CryptoEvent.DevicesUpdated,
  VerificationRequestEvent.Change,
  VerifierEvent.ShowSas,
];

/**
 * Waits until the probe gives something truthy, and returns it.
 *
 * @param device whose client's events make the probe run again
 * @param what completes the sentence "alice waited for …"
 * @param probe looks whether the condition holds; may be asynchronous
 * @param emitters further sources of events to wake on
 */
export async function until(device, what, probe, ...emitters) {
  const sources = [device.client, ...emitters];
  let wake;
  const onEvent = () => wake();
  const limit = new Promise((_, reject) => {
    setTimeout(() => reject(timedOut(device, what)), LIMIT_MILLIS).unref();
  });
  limit.catch(() => {});
  for (const source of sources) for (const event of WAKING_EVENTS) source.on(event, onEvent);
  try {
    for (;;) {
      // Made before the probe looks, so that an event which comes meanwhile is not missed.
      const woken = new Promise((resolve) => (wake = resolve));
      const value = await probe();
      if (value) return value;
      await Promise.race([woken, limit]);
    }
  } finally {
    for (const source of sources) for (const event of WAKING_EVENTS) source.off(event, onEvent);
  }
}

function timedOut({ name, client }, what) {
  return new Error(
    `${name} waited ${LIMIT_MILLIS / 1000} s for ${what}. Sync state: ${client.getSyncState()}.`,
  );
}
