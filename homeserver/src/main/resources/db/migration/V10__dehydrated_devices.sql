-- device_data: JSON with the device's private keys, encrypted by a client. The device itself is among
-- the devices like any other.
CREATE TABLE dehydrated_devices (
  user_number BIGINT PRIMARY KEY,
  device_id VARCHAR(255) NOT NULL,
  device_data ${text} NOT NULL
);
