-- When the keys of an environment last took the place of earlier ones; null if they are its first.
ALTER TABLE environment ADD COLUMN keys_rotated_at timestamptz;
