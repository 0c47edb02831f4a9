-- What each user's content takes in all, so that an upload need not add it up.
CREATE TABLE media_usage (
  user_number BIGINT PRIMARY KEY,
  size_bytes BIGINT NOT NULL
);
INSERT INTO media_usage (user_number, size_bytes)
  SELECT user_number, SUM(size_bytes) FROM media WHERE file IS NOT NULL GROUP BY user_number;

CREATE INDEX brief_tokens_of_user ON brief_tokens (user_number, purpose, expires_at);
