-- Other keys for an environment that the server cannot open: what a client encrypted anew, in
-- parts, until it takes the place of what there is.
CREATE TABLE key_rotation (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  environment_id uuid NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  identity_key text NOT NULL,
  new_identity_key text NOT NULL,
  revision bigint NOT NULL,
  touched_at timestamptz NOT NULL
);
CREATE INDEX key_rotation_environment ON key_rotation (environment_id);
CREATE INDEX key_rotation_organisation ON key_rotation (organisation_id);
CREATE INDEX key_rotation_account ON key_rotation (account_id);

-- One row for each of secret, secret_version and secret_override. Kept is what no key opened, and
-- stays as it is.
CREATE TABLE key_rotation_text (
  rotation_id uuid NOT NULL REFERENCES key_rotation (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('secret', 'version', 'override')),
  row_id uuid NOT NULL,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  key_ciphertext text NOT NULL,
  key_digest text NOT NULL,
  value_ciphertext text NOT NULL,
  comment_ciphertext text NOT NULL,
  kept boolean NOT NULL,
  PRIMARY KEY (rotation_id, kind, row_id)
);

-- The new keys, wrapped for each account that holds the present ones. No foreign key: whose they
-- are is looked at when they take the place of the others.
CREATE TABLE key_rotation_key (
  rotation_id uuid NOT NULL REFERENCES key_rotation (id) ON DELETE CASCADE,
  account_id uuid NOT NULL,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  wrapped_seed text NOT NULL,
  wrapped_salt text NOT NULL,
  PRIMARY KEY (rotation_id, account_id)
);
