// Texts that can be found again: every message that the tests encrypt carries the same random
// mark, and what they send in the clear another. Marks are letters and digits only, so that JSON
// and base64 leave them recognisable.

import { randomBytes } from "node:crypto";

const SECRET_MARK = `secret${randomBytes(9).toString("hex")}`;
const CLEAR_MARK = `clear${randomBytes(9).toString("hex")}`;

/** A text that the server must never see. */
export const secret = (label) => `${SECRET_MARK} ${label}`;

/** A text that the server must see: it proves that a search can find anything at all. */
export const inTheClear = (label) => `${CLEAR_MARK} ${label}`;

/** The byte sequences that betray a secret, by the name of their encoding. */
export const secretNeedles = needles(SECRET_MARK);

/** The same for what was sent in the clear. */
export const clearNeedles = needles(CLEAR_MARK);

function needles(mark) {
  return {
    "UTF-8": Buffer.from(mark, "utf8"),
    "UTF-16LE": Buffer.from(mark, "utf16le"),
    "base64, aligned": base64At(mark, 0),
    "base64, after one byte": base64At(mark, 1),
    "base64, after two bytes": base64At(mark, 2),
  };
}

/** The base64 digits that depend on the mark alone when so many bytes stand before it. */
function base64At(mark, offset) {
  const digits = Buffer.concat([Buffer.alloc(offset), Buffer.from(mark)]).toString("base64url");
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + mark.length) * 8) / 6);
  return Buffer.from(digits.slice(first, end), "latin1");
}
