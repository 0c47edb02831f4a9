CREATE TABLE accounts (
  user_number BIGINT PRIMARY KEY,
  kind VARCHAR(16) NOT NULL,
  password_hash VARCHAR(255),
  administrator BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  deactivated_at BIGINT,
  erased BOOLEAN NOT NULL,
  farewell_due BOOLEAN NOT NULL
);

CREATE TABLE registration_tokens (
  hash VARCHAR(43) PRIMARY KEY,
  uses_left BIGINT,
  expires_at BIGINT,
  makes_administrator BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE devices (
  user_number BIGINT NOT NULL,
  device_id VARCHAR(255) NOT NULL,
  display_name VARCHAR(255),
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT,
  last_seen_ip VARCHAR(64),
  PRIMARY KEY (user_number, device_id)
);

CREATE TABLE access_tokens (
  hash VARCHAR(43) PRIMARY KEY,
  user_number BIGINT NOT NULL,
  device_id VARCHAR(255) NOT NULL,
  expires_at BIGINT,
  refresh_hash VARCHAR(43),
  supersedes VARCHAR(43)
);
CREATE INDEX access_tokens_of_device ON access_tokens (user_number, device_id);
CREATE INDEX access_tokens_of_refresh_token ON access_tokens (refresh_hash);
CREATE INDEX access_tokens_superseding ON access_tokens (supersedes);

CREATE TABLE refresh_tokens (
  hash VARCHAR(43) PRIMARY KEY,
  user_number BIGINT NOT NULL,
  device_id VARCHAR(255) NOT NULL,
  supersedes VARCHAR(43)
);
CREATE INDEX refresh_tokens_of_device ON refresh_tokens (user_number, device_id);
CREATE INDEX refresh_tokens_superseding ON refresh_tokens (supersedes);

CREATE TABLE brief_tokens (
  hash VARCHAR(43) PRIMARY KEY,
  purpose VARCHAR(16) NOT NULL,
  user_number BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX brief_tokens_by_expiry ON brief_tokens (expires_at);
