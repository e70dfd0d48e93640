-- TEXT and BIGINT only (design.md §7): booleans are 0/1, times are seconds,
-- JSON, digests and sealed values are TEXT. The same text runs on SQLite and PostgreSQL.

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    version BIGINT NOT NULL
);

-- One row; every change of what processes cache raises it.
CREATE TABLE epoch (
    id BIGINT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO epoch (id, value) VALUES (1, 1);

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    username TEXT,
    name TEXT NOT NULL,
    email TEXT,
    email_verified BIGINT NOT NULL,
    phone TEXT,
    phone_verified BIGINT NOT NULL,
    locale TEXT,
    profile TEXT NOT NULL,
    state TEXT NOT NULL,
    administrator BIGINT NOT NULL,
    practice BIGINT NOT NULL,
    tokens_not_before BIGINT NOT NULL,
    -- User name, name, e-mail and phone, folded, for the administrator's search.
    search TEXT NOT NULL
);

-- What may be typed to name a person: kind is username, email or phone; value is folded.
CREATE TABLE sign_in_names (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (kind, value)
);
CREATE INDEX sign_in_names_user ON sign_in_names (user_id);

CREATE TABLE identities (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    space TEXT NOT NULL,
    value TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    profile TEXT NOT NULL,
    first_used_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    UNIQUE (space, value)
);
CREATE INDEX identities_user ON identities (user_id);

CREATE TABLE subjects (
    user_id TEXT NOT NULL,
    sector TEXT NOT NULL,
    value TEXT NOT NULL UNIQUE,
    PRIMARY KEY (user_id, sector)
);

CREATE TABLE credentials (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    must_change BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, kind)
);

CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    enabled BIGINT NOT NULL,
    metadata TEXT NOT NULL,
    secrets TEXT NOT NULL
);

CREATE TABLE resources (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    metadata TEXT NOT NULL
);

CREATE TABLE connectors (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    position BIGINT NOT NULL,
    enabled BIGINT NOT NULL,
    practice BIGINT NOT NULL,
    rule TEXT NOT NULL,
    registration BIGINT NOT NULL,
    settings TEXT NOT NULL
);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    auth_time BIGINT NOT NULL,
    acr TEXT NOT NULL,
    amr TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    remembered BIGINT NOT NULL,
    idle_until BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    agent TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE grants (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT,
    client_id TEXT NOT NULL,
    session_id TEXT,
    scopes TEXT NOT NULL,
    claims TEXT,
    resources TEXT NOT NULL,
    acr TEXT,
    amr TEXT NOT NULL,
    auth_time BIGINT,
    nonce TEXT,
    offline BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    reason TEXT
);
CREATE INDEX grants_user ON grants (user_id, id);
CREATE INDEX grants_session ON grants (session_id);
CREATE INDEX grants_client ON grants (client_id, id);
CREATE INDEX grants_expiry ON grants (expires_at);

CREATE TABLE consents (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    claims TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);

-- Everything that expires (design.md §7): short holds what lives up to an hour, long the rest.
CREATE TABLE artifacts_short (
    digest TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    grant_id TEXT,
    owner TEXT,
    client_id TEXT,
    payload TEXT NOT NULL,
    version BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    keep_until BIGINT NOT NULL,
    taken_at BIGINT,
    successor TEXT
);
CREATE INDEX artifacts_short_keep ON artifacts_short (keep_until);
CREATE INDEX artifacts_short_grant ON artifacts_short (grant_id);

CREATE TABLE artifacts_long (
    digest TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    grant_id TEXT,
    owner TEXT,
    client_id TEXT,
    payload TEXT NOT NULL,
    version BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    keep_until BIGINT NOT NULL,
    taken_at BIGINT,
    successor TEXT
);
CREATE INDEX artifacts_long_keep ON artifacts_long (keep_until);
CREATE INDEX artifacts_long_grant ON artifacts_long (grant_id);

CREATE TABLE keys (
    id TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL,
    private TEXT NOT NULL,
    public TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    signs_until BIGINT,
    published_until BIGINT
);

CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    outcome TEXT NOT NULL,
    request_id TEXT NOT NULL,
    address TEXT NOT NULL,
    detail TEXT NOT NULL
);

CREATE TABLE attempts (
    name TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    total BIGINT NOT NULL,
    window_ends BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);
CREATE INDEX attempts_window ON attempts (window_ends);
