// The whole suite in one process and in this order: the search for plaintext comes last, when
// every message that it looks for has been sent. Each file but that one also runs alone:
// node --test --test-force-exit chat.test.mjs

import "./backup.test.mjs";
import "./chat.test.mjs";
import "./dehydration.test.mjs";
import "./attachment.test.mjs";
import "./verification.test.mjs";
import "./plaintext.test.mjs";
