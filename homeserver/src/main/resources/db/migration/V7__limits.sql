-- Who sent a message decides whose messages give way when a device's queue is full.
ALTER TABLE to_device_messages ADD COLUMN sender_number BIGINT DEFAULT 0 NOT NULL;
CREATE INDEX to_device_messages_by_sender
  ON to_device_messages (user_number, device_id, sender_number, position);
