-- json: as uploaded, without unsigned, with the signatures that everyone may see.
CREATE TABLE device_keys (
  user_number BIGINT NOT NULL,
  device_id VARCHAR(255) NOT NULL,
  json ${text} NOT NULL,
  PRIMARY KEY (user_number, device_id)
);

CREATE TABLE cross_signing_keys (
  user_number BIGINT NOT NULL,
  usage VARCHAR(16) NOT NULL,
  public_key VARCHAR(64) NOT NULL,
  json ${text} NOT NULL,
  PRIMARY KEY (user_number, usage)
);

-- What a user's user-signing key says of another user's master key; only the signer sees it.
CREATE TABLE user_signatures (
  signer_number BIGINT NOT NULL,
  target_number BIGINT NOT NULL,
  master_key VARCHAR(64) NOT NULL,
  signing_key_id VARCHAR(255) NOT NULL,
  signature VARCHAR(255) NOT NULL,
  PRIMARY KEY (signer_number, target_number)
);
CREATE INDEX user_signatures_of_target ON user_signatures (target_number);

-- The keys of one device and algorithm are numbered from 1 in the order of upload and handed out in
-- that order, up to `claimed` so far; `stripped` is up to where the JSON of those was dropped.
CREATE TABLE one_time_key_queues (
  user_number BIGINT NOT NULL,
  device_id VARCHAR(255) NOT NULL,
  algorithm VARCHAR(255) NOT NULL,
  uploaded BIGINT NOT NULL,
  claimed BIGINT NOT NULL,
  stripped BIGINT NOT NULL,
  PRIMARY KEY (user_number, device_id, algorithm)
);

-- A key that was handed out stays, so that its id is known when it is uploaded again.
CREATE TABLE one_time_keys (
  user_number BIGINT NOT NULL,
  device_id VARCHAR(255) NOT NULL,
  algorithm VARCHAR(255) NOT NULL,
  ordinal BIGINT NOT NULL,
  key_id VARCHAR(255) NOT NULL,
  public_key VARCHAR(255) NOT NULL,
  json ${text} NOT NULL,
  PRIMARY KEY (user_number, device_id, algorithm, ordinal)
);
CREATE UNIQUE INDEX one_time_keys_by_id
  ON one_time_keys (user_number, device_id, algorithm, key_id);

CREATE TABLE fallback_keys (
  user_number BIGINT NOT NULL,
  device_id VARCHAR(255) NOT NULL,
  algorithm VARCHAR(255) NOT NULL,
  key_id VARCHAR(255) NOT NULL,
  public_key VARCHAR(255) NOT NULL,
  used BOOLEAN NOT NULL,
  json ${text} NOT NULL,
  PRIMARY KEY (user_number, device_id, algorithm)
);

-- seen_by: the one user who is to know of the change, or 0 for everyone who shares a room.
CREATE TABLE device_list_changes (
  user_number BIGINT NOT NULL,
  seen_by BIGINT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (user_number, seen_by)
);
CREATE INDEX device_list_changes_by_position ON device_list_changes (position);

CREATE TABLE to_device_messages (
  user_number BIGINT NOT NULL,
  device_id VARCHAR(255) NOT NULL,
  position BIGINT NOT NULL,
  json ${bytes} NOT NULL,
  PRIMARY KEY (user_number, device_id, position)
);

CREATE TABLE to_device_transactions (
  user_number BIGINT NOT NULL,
  device_id VARCHAR(255) NOT NULL,
  type VARCHAR(255) NOT NULL,
  txn_id VARCHAR(255) NOT NULL,
  sent_at BIGINT NOT NULL,
  PRIMARY KEY (user_number, device_id, type, txn_id)
);
CREATE INDEX to_device_transactions_by_time ON to_device_transactions (sent_at);

-- A deleted version stays, empty, so that its number is never given again.
CREATE TABLE backup_versions (
  user_number BIGINT NOT NULL,
  version BIGINT NOT NULL,
  algorithm VARCHAR(255) NOT NULL,
  auth_data ${text} NOT NULL,
  etag BIGINT NOT NULL,
  key_count BIGINT NOT NULL,
  deleted BOOLEAN NOT NULL,
  PRIMARY KEY (user_number, version)
);

CREATE TABLE backup_keys (
  user_number BIGINT NOT NULL,
  version BIGINT NOT NULL,
  room_id VARCHAR(255) NOT NULL,
  session_id VARCHAR(255) NOT NULL,
  first_message_index BIGINT NOT NULL,
  forwarded_count BIGINT NOT NULL,
  is_verified BOOLEAN NOT NULL,
  session_data ${text} NOT NULL,
  PRIMARY KEY (user_number, version, room_id, session_id)
);
