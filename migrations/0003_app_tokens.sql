-- Tokens that platforms give to an application as a whole, one for all nodes.
-- The token is sealed; whoever holds the claim is the one that fetches the next.
CREATE TABLE app_tokens (
    name TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    token TEXT,
    digest TEXT,
    refresh_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    dropped_at BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

-- What one node does at a time: long-lived connections, periodic work.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    ends_at BIGINT NOT NULL
);
