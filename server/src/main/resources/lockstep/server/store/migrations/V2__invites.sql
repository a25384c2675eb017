-- Who may become a member. An invite is open until it is accepted, deleted or expired. The id is
-- what the link carries, so it is random; the role is null once the role is gone.
CREATE TABLE invite (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  email text NOT NULL,
  role_id uuid REFERENCES role (id),
  invited_by uuid NOT NULL REFERENCES account (id),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  deleted_at timestamptz
);
CREATE UNIQUE INDEX invite_email ON invite (organisation_id, email) WHERE accepted_at IS NULL AND deleted_at IS NULL;
CREATE INDEX invite_organisation ON invite (organisation_id, created_at);
CREATE INDEX invite_role ON invite (role_id);
CREATE INDEX invite_invited_by ON invite (invited_by);
