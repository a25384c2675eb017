-- One schema for SQLite and PostgreSQL. PostgreSQL's type names rule, SQLite accepts any.
-- Instants are set by the program, never by the database. Every row of a tenant names its
-- organisation, and every query uses it.

CREATE TABLE server_setting (
  name text NOT NULL PRIMARY KEY,
  setting text NOT NULL
);

CREATE TABLE organisation (
  id uuid NOT NULL PRIMARY KEY,
  name text NOT NULL,
  plan text NOT NULL,
  access_revision bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE role (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  name text NOT NULL,
  folded_name text NOT NULL,
  description text,
  color text NOT NULL,
  is_default boolean NOT NULL,
  global_access boolean NOT NULL,
  permissions text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX role_name ON role (organisation_id, folded_name);

-- A person who can sign in; a membership ties a person to an organisation.
CREATE TABLE user_account (
  id uuid NOT NULL PRIMARY KEY,
  email text NOT NULL,
  username text NOT NULL,
  full_name text,
  password_hash text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX user_account_email ON user_account (email);

-- What can hold tokens, roles and keys: a member, a service account, or a legacy service token,
-- which has no role and no keys but the environment keys made for it.
CREATE TABLE account (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('member', 'service_account', 'service_token')),
  role_id uuid REFERENCES role (id),
  identity_key text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE INDEX account_organisation ON account (organisation_id, kind, created_at);
CREATE INDEX account_role ON account (role_id);

CREATE TABLE member (
  id uuid NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  user_account_id uuid NOT NULL REFERENCES user_account (id),
  wrapped_keyring text,
  wrapped_recovery text
);
CREATE INDEX member_user_account ON member (user_account_id);
CREATE INDEX member_organisation ON member (organisation_id);

CREATE TABLE team (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  name text NOT NULL,
  description text NOT NULL,
  owner_id uuid REFERENCES member (id),
  member_role_id uuid REFERENCES role (id),
  service_account_role_id uuid REFERENCES role (id),
  is_scim_managed boolean NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE INDEX team_organisation ON team (organisation_id);
CREATE INDEX team_owner ON team (owner_id);
CREATE INDEX team_member_role ON team (member_role_id);
CREATE INDEX team_service_account_role ON team (service_account_role_id);

CREATE TABLE service_account (
  id uuid NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  name text NOT NULL,
  team_id uuid REFERENCES team (id),
  server_wrapped_keyring text,
  server_wrapped_recovery text
);
CREATE INDEX service_account_organisation ON service_account (organisation_id);
CREATE INDEX service_account_team ON service_account (team_id);

-- Only the digest of a token's bearer part is stored.
CREATE TABLE token (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name text NOT NULL,
  digest bytea NOT NULL,
  identity_key text NOT NULL,
  wrapped_key_share text NOT NULL,
  created_by uuid REFERENCES account (id),
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  last_used_at timestamptz,
  deleted_at timestamptz
);
CREATE UNIQUE INDEX token_digest ON token (digest);
CREATE INDEX token_account ON token (account_id, created_at);
CREATE INDEX token_created_by ON token (created_by);

CREATE TABLE team_member (
  team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (team_id, account_id)
);
CREATE INDEX team_member_account ON team_member (account_id);

CREATE TABLE network_policy (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  name text NOT NULL,
  allowed_ips text NOT NULL,
  is_global boolean NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX network_policy_organisation ON network_policy (organisation_id);

CREATE TABLE account_network_policy (
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  network_policy_id uuid NOT NULL REFERENCES network_policy (id) ON DELETE CASCADE,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, network_policy_id)
);
CREATE INDEX account_network_policy_policy ON account_network_policy (network_policy_id);

CREATE TABLE app (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  name text NOT NULL,
  folded_name text NOT NULL,
  description text,
  sse_enabled boolean NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX app_organisation ON app (organisation_id, created_at);
CREATE INDEX app_name ON app (organisation_id, folded_name);

-- The accounts individually listed on an app.
CREATE TABLE app_account (
  app_id uuid NOT NULL REFERENCES app (id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (app_id, account_id)
);
CREATE INDEX app_account_account ON app_account (account_id);

CREATE TABLE environment (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  app_id uuid NOT NULL REFERENCES app (id) ON DELETE CASCADE,
  name text NOT NULL,
  folded_name text NOT NULL,
  env_type text NOT NULL CHECK (env_type IN ('dev', 'staging', 'prod', 'custom')),
  sort_index integer NOT NULL,
  identity_key text NOT NULL,
  revision bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX environment_name ON environment (app_id, folded_name);
CREATE INDEX environment_organisation ON environment (organisation_id);

-- Environments in a team's scope.
CREATE TABLE team_environment (
  team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  environment_id uuid NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
  app_id uuid NOT NULL REFERENCES app (id) ON DELETE CASCADE,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  PRIMARY KEY (team_id, environment_id)
);
CREATE INDEX team_environment_environment ON team_environment (environment_id);
CREATE INDEX team_environment_app ON team_environment (app_id);

-- The seed and the salt of an environment, wrapped to the server key (server-side encryption).
CREATE TABLE environment_server_key (
  environment_id uuid NOT NULL PRIMARY KEY REFERENCES environment (id) ON DELETE CASCADE,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  wrapped_seed text NOT NULL,
  wrapped_salt text NOT NULL
);

-- The same, wrapped to one account. A key lives as long as it has a grant.
CREATE TABLE environment_key (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  environment_id uuid NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  wrapped_seed text NOT NULL,
  wrapped_salt text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX environment_key_account ON environment_key (environment_id, account_id);
CREATE INDEX environment_key_by_account ON environment_key (account_id);

-- Why a key exists: individually (no team), or through a team.
CREATE TABLE environment_grant (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  environment_key_id uuid NOT NULL REFERENCES environment_key (id) ON DELETE CASCADE,
  team_id uuid REFERENCES team (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX environment_grant_individual ON environment_grant (environment_key_id) WHERE team_id IS NULL;
CREATE UNIQUE INDEX environment_grant_team ON environment_grant (environment_key_id, team_id) WHERE team_id IS NOT NULL;
CREATE INDEX environment_grant_key ON environment_grant (environment_key_id);
CREATE INDEX environment_grant_by_team ON environment_grant (team_id);

-- A path can be longer than an index of PostgreSQL takes, so folders are told apart by their
-- parents. Folders go only together with their environment.
CREATE TABLE folder (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  environment_id uuid NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
  parent_id uuid,
  name text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX folder_root_name ON folder (environment_id, name) WHERE parent_id IS NULL;
CREATE UNIQUE INDEX folder_name ON folder (parent_id, name) WHERE parent_id IS NOT NULL;
CREATE INDEX folder_environment ON folder (environment_id);

-- key, value and comment are ph:v1 strings; an empty comment is stored empty.
CREATE TABLE secret (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  environment_id uuid NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
  folder_id uuid REFERENCES folder (id),
  path text NOT NULL,
  key_ciphertext text NOT NULL,
  key_digest text NOT NULL,
  value_ciphertext text NOT NULL,
  comment_ciphertext text NOT NULL,
  type text NOT NULL CHECK (type IN ('secret', 'sealed', 'config')),
  lifecycle text NOT NULL CHECK (lifecycle IN ('static', 'rotating')),
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE UNIQUE INDEX secret_root_name ON secret (environment_id, key_digest) WHERE deleted_at IS NULL AND folder_id IS NULL;
CREATE UNIQUE INDEX secret_name ON secret (folder_id, key_digest) WHERE deleted_at IS NULL AND folder_id IS NOT NULL;
CREATE INDEX secret_key_digest ON secret (environment_id, key_digest) WHERE deleted_at IS NULL;
CREATE INDEX secret_environment ON secret (environment_id, deleted_at, created_at);
CREATE INDEX secret_folder ON secret (folder_id);

CREATE TABLE tag (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  name text NOT NULL,
  color text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX tag_name ON tag (organisation_id, name);

CREATE TABLE secret_tag (
  secret_id uuid NOT NULL REFERENCES secret (id) ON DELETE CASCADE,
  tag_id uuid NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  position integer NOT NULL,
  PRIMARY KEY (secret_id, tag_id)
);
CREATE INDEX secret_tag_tag ON secret_tag (tag_id);

-- A member's personal value of a secret.
CREATE TABLE secret_override (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  secret_id uuid NOT NULL REFERENCES secret (id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  value_ciphertext text NOT NULL,
  is_active boolean NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX secret_override_account ON secret_override (secret_id, account_id);
CREATE INDEX secret_override_by_account ON secret_override (account_id);

-- One row per version of a secret, the current one included, and one for its deletion.
CREATE TABLE secret_version (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
  environment_id uuid NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
  secret_id uuid NOT NULL REFERENCES secret (id) ON DELETE CASCADE,
  event text NOT NULL CHECK (event IN ('create', 'update', 'delete')),
  version integer NOT NULL,
  path text NOT NULL,
  key_ciphertext text NOT NULL,
  key_digest text NOT NULL,
  value_ciphertext text NOT NULL,
  comment_ciphertext text NOT NULL,
  type text NOT NULL,
  tags text NOT NULL,
  account_id uuid NOT NULL REFERENCES account (id),
  token_id uuid REFERENCES token (id),
  client_address text,
  user_agent text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX secret_version_secret ON secret_version (secret_id, version);
CREATE INDEX secret_version_environment ON secret_version (environment_id, created_at);
CREATE INDEX secret_version_account ON secret_version (account_id);
CREATE INDEX secret_version_token ON secret_version (token_id);

-- Who read or changed what. No foreign keys: an event outlives what it is about.
CREATE TABLE audit_event (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  action text NOT NULL CHECK (action IN ('create', 'read', 'update', 'delete', 'access')),
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
  details text NOT NULL
);
CREATE INDEX audit_event_organisation ON audit_event (organisation_id, created_at, id);
CREATE INDEX audit_event_resource ON audit_event (resource_id, created_at);
