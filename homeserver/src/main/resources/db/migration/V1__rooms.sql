CREATE TABLE stream_head (
  position BIGINT NOT NULL
);
INSERT INTO stream_head (position) VALUES (0);

CREATE SEQUENCE user_numbers START WITH 1;
CREATE TABLE users (
  number BIGINT PRIMARY KEY,
  user_id VARCHAR(255) NOT NULL UNIQUE
);
