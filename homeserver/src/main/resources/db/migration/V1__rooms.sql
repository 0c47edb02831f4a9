CREATE TABLE stream_head (
  position BIGINT NOT NULL
);
INSERT INTO stream_head (position) VALUES (0);

CREATE SEQUENCE user_numbers START WITH 1;
CREATE TABLE users (
  number BIGINT PRIMARY KEY,
  user_id VARCHAR(255) NOT NULL UNIQUE
);

CREATE SEQUENCE room_numbers START WITH 1;
CREATE TABLE rooms (
  number BIGINT PRIMARY KEY,
  room_id VARCHAR(255) NOT NULL UNIQUE,
  version VARCHAR(32) NOT NULL
);

-- position: the room's place in the order of everything. json: the client form without room_id and
-- unsigned. graph: the members that only servers exchange. replaces: the position of the state event
-- that this one took the place of. redacted_by: the position of the redaction. device_id and txn_id:
-- how the sender named it. id_hash: the first 64 bits of the SHA-256 of event_id; an index over ids
-- themselves would be written at a random place, and in pages four times the size, for each event.
CREATE TABLE events (
  position BIGINT PRIMARY KEY,
  room_number BIGINT NOT NULL,
  event_id VARCHAR(255) NOT NULL,
  id_hash BIGINT NOT NULL,
  type VARCHAR(255) NOT NULL,
  state_key VARCHAR(255),
  sender_number BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  json ${bytes} NOT NULL,
  graph ${bytes} NOT NULL,
  replaces BIGINT,
  redacted_by BIGINT,
  device_id VARCHAR(255),
  txn_id VARCHAR(255)
);
CREATE INDEX events_by_room ON events (room_number, position);
CREATE INDEX events_by_id ON events (id_hash);
CREATE INDEX events_by_txn ON events (sender_number, device_id, position);

CREATE TABLE room_state (
  room_number BIGINT NOT NULL,
  type VARCHAR(255) NOT NULL,
  state_key VARCHAR(255) NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (room_number, type, state_key, position)
);
CREATE INDEX room_state_by_position ON room_state (room_number, position);

CREATE TABLE memberships (
  user_number BIGINT NOT NULL,
  room_number BIGINT NOT NULL,
  membership VARCHAR(16) NOT NULL,
  position BIGINT NOT NULL,
  forgotten BOOLEAN NOT NULL,
  PRIMARY KEY (user_number, room_number)
);
CREATE INDEX memberships_by_room ON memberships (room_number, membership);

CREATE TABLE relations (
  target_id VARCHAR(255) NOT NULL,
  target_hash BIGINT NOT NULL,
  position BIGINT NOT NULL,
  room_number BIGINT NOT NULL,
  rel_type VARCHAR(255) NOT NULL,
  PRIMARY KEY (target_id, position)
);
CREATE INDEX relations_by_room ON relations (room_number, rel_type, position);
