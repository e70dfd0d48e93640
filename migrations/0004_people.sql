-- One person: which keys are one subject over there, people who turn out to be one, merges and how to undo them.

-- The keys of one subject of a platform share it (WeChat: the openid of each application and the unionid).
-- NULL: the row stands for itself.
ALTER TABLE identities ADD COLUMN subject TEXT;

-- Two people whom one sign-in showed to be one. Nothing is moved until somebody merges them.
CREATE TABLE merge_cases (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    other_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    space TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    UNIQUE (user_id, other_id)
);

-- moved is JSON: what went over, so that it can go back.
CREATE TABLE merges (
    id TEXT NOT NULL PRIMARY KEY,
    kept_id TEXT NOT NULL,
    absorbed_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    moved TEXT NOT NULL,
    undone_at BIGINT
);
CREATE INDEX merges_kept ON merges (kept_id);

-- An application that knew only the absorbed person goes on knowing them by the same sub.
CREATE TABLE moved_subjects (
    user_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    value TEXT NOT NULL,
    merge_id TEXT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);
CREATE INDEX moved_subjects_value ON moved_subjects (value);
