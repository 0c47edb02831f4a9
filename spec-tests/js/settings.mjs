// What the tests are told by environment variables.

const { SOTTO_URL, SOTTO_REGISTRATION_TOKEN, SOTTO_POLICY, SOTTO_DATA, SOTTO_TRACE } = process.env;

/** Base URL of the homeserver's client API. */
export const baseUrl = (SOTTO_URL || "http://localhost:8008").replace(/\/+$/, "");

/** Answers the m.login.registration_token stage, where the server asks for it. */
export const registrationToken = SOTTO_REGISTRATION_TOKEN || undefined;

/** "required" where the server is to refuse unencrypted messages; anything else is plain Matrix. */
export const policy = SOTTO_POLICY || "optional";

/** The server's data folder, searched for plaintext at the end. */
export const dataFolder = SOTTO_DATA || undefined;

/** A file to append every request and answer to, one JSON object a line. */
export const traceFile = SOTTO_TRACE || undefined;
