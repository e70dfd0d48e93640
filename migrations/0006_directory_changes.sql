-- What a platform said has changed in a directory, until it has been read again.
CREATE TABLE directory_changes (
    org_id TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    -- person or department.
    kind TEXT NOT NULL,
    -- The platform's own id.
    id TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    PRIMARY KEY (org_id, kind, id)
);
CREATE INDEX directory_changes_due ON directory_changes (due_at);
