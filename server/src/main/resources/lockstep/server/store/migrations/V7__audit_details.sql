-- Long details of audit events, each kept once a month: an event has the reference in their place.
CREATE TABLE audit_detail (
  organisation_id uuid NOT NULL,
  reference text NOT NULL,
  month bigint NOT NULL,
  content text NOT NULL,
  PRIMARY KEY (organisation_id, reference)
);
