/// Device keys, one-time and fallback keys, cross-signing keys, what signs what, and who is to hear
/// that keys have changed. Private keys are never here.
///
/// ```
/// device_keys (user, device, json)                       json has every signature for all to see
/// cross_signing_keys (user, usage, public_key, json)
/// user_signatures (signer, target, master_key, signing_key_id, signature)  for the signer to see
/// one_time_key_queues (user, device, algorithm, uploaded, claimed, stripped)
/// one_time_keys (user, device, algorithm, ordinal, key_id, public_key, json)
/// fallback_keys (user, device, algorithm, key_id, public_key, used, json)
/// device_list_changes (user, seen_by, position)          the newest change of each user
/// ```
@NullMarked
package dev.sotto.homeserver.keys;

import org.jspecify.annotations.NullMarked;
