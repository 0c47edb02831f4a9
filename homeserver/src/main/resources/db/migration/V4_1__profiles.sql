CREATE TABLE profiles (
  user_number BIGINT NOT NULL,
  field VARCHAR(255) NOT NULL,
  content ${bytes} NOT NULL,
  PRIMARY KEY (user_number, field)
);

-- The words of display names, folded, for the user directory.
CREATE TABLE profile_words (
  word VARCHAR(64) NOT NULL,
  user_number BIGINT NOT NULL,
  PRIMARY KEY (word, user_number)
);
CREATE INDEX profile_words_by_user ON profile_words (user_number);
