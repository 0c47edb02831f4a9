// Attachments as the spec encrypts them:
// https://spec.matrix.org/v1.18/client-server-api/#sending-encrypted-attachments

import { webcrypto } from "node:crypto";

const { subtle } = webcrypto;

/** Encrypts bytes under a new key; the file lacks only the `url` of the uploaded ciphertext. */
export async function encryptAttachment(plaintext) {
  const iv = new Uint8Array(16);
  webcrypto.getRandomValues(iv.subarray(0, 8));
  const usages = ["encrypt", "decrypt"];
  const key = await subtle.generateKey({ name: "AES-CTR", length: 256 }, true, usages);
  const ciphertext = Buffer.from(await subtle.encrypt(counter(iv), key, plaintext));
  const { kty, alg, k, ext } = await subtle.exportKey("jwk", key);
  const file = {
    v: "v2",
    key: { kty, alg, k, ext, key_ops: usages },
    iv: unpadded(iv),
    hashes: { sha256: unpadded(await subtle.digest("SHA-256", ciphertext)) },
  };
  return { ciphertext, file };
}

/** Checks the ciphertext against the file's hash and decrypts it. */
export async function decryptAttachment(ciphertext, { key: jwk, iv, hashes }) {
  if (unpadded(await subtle.digest("SHA-256", ciphertext)) !== hashes.sha256) {
    throw new Error("The downloaded bytes are not those that were uploaded");
  }
  const key = await subtle.importKey("jwk", jwk, "AES-CTR", false, ["decrypt"]);
  return Buffer.from(await subtle.decrypt(counter(Buffer.from(iv, "base64")), key, ciphertext));
}

// The lower half of the block counts, so that it cannot run over into the random half.
const counter = (iv) => ({ name: "AES-CTR", counter: iv, length: 64 });

const unpadded = (bytes) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
