-- The server keys that this database was written with, in the order in which they came into use; the
-- newest is the one that everything is wrapped to. Each but the first is vouched for with the
-- signature of the one before it, and vouches for that one with its own. Keys are public halves.
CREATE TABLE server_key (
  sequence integer NOT NULL PRIMARY KEY,
  public_key text NOT NULL,
  checkpoint_key text NOT NULL,
  introduced_at timestamptz NOT NULL,
  signed_by_previous bytea,
  signed_by_itself bytea,
  retired_at timestamptz
);
CREATE UNIQUE INDEX server_key_public_key ON server_key (public_key);

-- Which of them a row is wrapped to; null in rows of earlier versions.
ALTER TABLE environment_server_key ADD COLUMN server_key text;
ALTER TABLE service_account ADD COLUMN server_key text;
CREATE INDEX environment_server_key_by_key ON environment_server_key (server_key);
CREATE INDEX service_account_by_key ON service_account (server_key);
