-- How far the audit events of each organisation were delivered to a sink. Without a row, nothing was.
CREATE TABLE audit_delivery (
  organisation_id uuid NOT NULL,
  sink text NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (organisation_id, sink)
);

-- Work that one server does at a time: who does it, and until when nobody else takes it over.
CREATE TABLE audit_claim (
  name text NOT NULL PRIMARY KEY,
  holder uuid NOT NULL,
  expires_at timestamptz NOT NULL,
  failing boolean NOT NULL
);

-- Where a chain begins whose oldest events were removed, with the server's signature.
CREATE TABLE audit_retention (
  organisation_id uuid NOT NULL PRIMARY KEY,
  first_kept bigint NOT NULL,
  hash_before bytea NOT NULL,
  removed bigint NOT NULL,
  created_at timestamptz NOT NULL,
  signature bytea NOT NULL
);
