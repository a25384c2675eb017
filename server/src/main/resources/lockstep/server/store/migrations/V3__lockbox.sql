-- Texts shared by link. The id is what the link carries, so it is random. The ciphertext, whose key
-- is in the link alone, goes with the last view.
CREATE TABLE lockbox (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  ciphertext text,
  views bigint NOT NULL,
  allowed_views bigint,
  created_at timestamptz NOT NULL,
  expires_at timestamptz
);
CREATE INDEX lockbox_account ON lockbox (account_id, created_at);
