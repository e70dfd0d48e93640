-- Providers of short messages, in the order in which they are asked.
CREATE TABLE senders (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    position BIGINT NOT NULL,
    enabled BIGINT NOT NULL,
    practice BIGINT NOT NULL,
    settings TEXT NOT NULL
);
