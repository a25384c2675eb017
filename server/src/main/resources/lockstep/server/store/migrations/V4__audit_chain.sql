-- Audit events form one chain per organisation: each has a number without gaps and the hash of the
-- one before it. The events so far wait in a table of their own until the first start of this
-- version gives them their places; an older server can write no more events.
DROP INDEX audit_event_organisation;
DROP INDEX audit_event_resource;
ALTER TABLE audit_event RENAME TO unchained_audit_event;
CREATE INDEX unchained_audit_event_order ON unchained_audit_event (created_at, id);

-- No foreign keys: an event outlives what it is about.
CREATE TABLE audit_event (
  organisation_id uuid NOT NULL,
  sequence bigint NOT NULL,
  id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  action text NOT NULL CHECK (action IN ('create', 'read', 'update', 'delete', 'access', 'refuse')),
  resource_type text NOT NULL,
  resource_id uuid,
  environment_id uuid,
  account_kind text NOT NULL,
  account_id uuid NOT NULL,
  account_name text NOT NULL,
  token_id uuid,
  client_address text,
  user_agent text NOT NULL,
  request_id text NOT NULL,
  description text NOT NULL,
  details text NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (organisation_id, sequence)
);
CREATE INDEX audit_event_time ON audit_event (organisation_id, created_at, sequence);
CREATE INDEX audit_event_account ON audit_event (organisation_id, account_id, created_at, sequence);
CREATE INDEX audit_event_environment ON audit_event (organisation_id, environment_id, created_at, sequence) WHERE environment_id IS NOT NULL;
CREATE INDEX audit_event_resource ON audit_event (organisation_id, resource_id, created_at, sequence) WHERE resource_id IS NOT NULL;
-- Nearly all events are reads of secrets: what else happened is found without going through them.
CREATE INDEX audit_event_change ON audit_event (organisation_id, action, created_at, sequence) WHERE action <> 'read';
CREATE INDEX audit_event_type ON audit_event (organisation_id, resource_type, created_at, sequence) WHERE resource_type <> 'secret';

-- The newest record of each chain. Who appends holds the row until the transaction ends.
-- hash_before is what hash was before the last append.
CREATE TABLE audit_chain (
  organisation_id uuid NOT NULL PRIMARY KEY,
  sequence bigint NOT NULL,
  hash_before bytea NOT NULL,
  hash bytea NOT NULL
);

-- What the server vouches for with a signature.
CREATE TABLE audit_checkpoint (
  organisation_id uuid NOT NULL,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  signature bytea NOT NULL,
  PRIMARY KEY (organisation_id, sequence)
);
