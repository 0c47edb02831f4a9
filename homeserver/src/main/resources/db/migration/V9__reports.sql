-- room_id, event_id, user_id: what was reported, each empty where it is not about one.
CREATE TABLE reports (
  id BIGINT PRIMARY KEY,
  reporter_number BIGINT NOT NULL,
  room_id VARCHAR(255) NOT NULL,
  event_id VARCHAR(255) NOT NULL,
  user_id VARCHAR(255) NOT NULL,
  reason VARCHAR(1000),
  reported_at BIGINT NOT NULL
);
CREATE INDEX reports_by_reporter ON reports (reporter_number, reported_at);
