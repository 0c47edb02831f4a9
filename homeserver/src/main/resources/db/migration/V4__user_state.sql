CREATE TABLE account_data (
  user_number BIGINT NOT NULL,
  room_number BIGINT NOT NULL,
  type VARCHAR(255) NOT NULL,
  content ${bytes},
  position BIGINT NOT NULL,
  PRIMARY KEY (user_number, room_number, type)
);
CREATE UNIQUE INDEX account_data_by_position ON account_data (user_number, position);

CREATE TABLE filters (
  user_number BIGINT NOT NULL,
  filter_id VARCHAR(64) NOT NULL,
  definition ${bytes} NOT NULL,
  PRIMARY KEY (user_number, filter_id)
);

CREATE TABLE receipts (
  room_number BIGINT NOT NULL,
  user_number BIGINT NOT NULL,
  private BOOLEAN NOT NULL,
  thread_id VARCHAR(255) NOT NULL,
  event_id VARCHAR(255) NOT NULL,
  event_position BIGINT NOT NULL,
  ts BIGINT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (room_number, user_number, private, thread_id)
);
CREATE INDEX receipts_by_position ON receipts (room_number, position);
CREATE INDEX receipts_by_user ON receipts (user_number, room_number);

CREATE TABLE pushers (
  user_number BIGINT NOT NULL,
  app_id VARCHAR(64) NOT NULL,
  pushkey VARCHAR(512) NOT NULL,
  definition ${bytes} NOT NULL,
  device_id VARCHAR(255) NOT NULL,
  created_ts BIGINT NOT NULL,
  PRIMARY KEY (user_number, app_id, pushkey)
);
CREATE INDEX pushers_by_pushkey ON pushers (app_id, pushkey);
