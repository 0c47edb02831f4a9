-- file is null while an id is only reserved, and expires_ts is null once there is content.
CREATE TABLE media (
  media_id VARCHAR(64) PRIMARY KEY,
  user_number BIGINT NOT NULL,
  created_ts BIGINT NOT NULL,
  expires_ts BIGINT,
  file VARCHAR(64),
  content_type VARCHAR(255),
  file_name ${text},
  size_bytes BIGINT
);
CREATE INDEX media_by_expiry ON media (expires_ts);
CREATE INDEX media_by_user ON media (user_number, expires_ts);
