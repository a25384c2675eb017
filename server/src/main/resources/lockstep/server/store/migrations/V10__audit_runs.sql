-- Events that say the same share a row, which is that of the last of them: what the others have of
-- their own is here, null if there are none.
ALTER TABLE audit_event ADD COLUMN earlier bytea;
