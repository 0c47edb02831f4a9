CREATE TABLE aliases (
  alias VARCHAR(255) PRIMARY KEY,
  room_number BIGINT NOT NULL,
  creator_number BIGINT NOT NULL,
  created_ts BIGINT NOT NULL
);
CREATE INDEX aliases_by_room ON aliases (room_number, created_ts);

-- network: empty for the server's own list, else the third-party network of an application service.
CREATE TABLE listed_rooms (
  network VARCHAR(255) NOT NULL,
  room_number BIGINT NOT NULL,
  PRIMARY KEY (network, room_number)
);
CREATE INDEX listed_rooms_by_room ON listed_rooms (room_number);
