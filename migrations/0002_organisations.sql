-- Organisations: companies, their domains, departments, members, directories and what syncs them;
-- the queue of logout tokens; files that platforms fetch from the root.

CREATE TABLE orgs (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    name TEXT NOT NULL,
    -- A data: URI of a small raster picture.
    logo TEXT,
    enabled BIGINT NOT NULL,
    practice BIGINT NOT NULL,
    -- The connector whose platform is this organisation (a DingTalk or WeCom corp): a sign-in through it is membership.
    connector_id TEXT UNIQUE,
    -- What becomes of people nobody knows, where it is not the connector's own rule.
    rule TEXT,
    registration BIGINT
);

CREATE TABLE org_domains (
    domain TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    verified BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX org_domains_org ON org_domains (org_id);

-- Into which organisation people go who are created through a connector.
CREATE TABLE org_joins (
    connector_id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE
);
CREATE INDEX org_joins_org ON org_joins (org_id);

-- id is the platform's own for a mirrored department and a ULID for one made by hand;
-- parent_id is not a reference: a page of a directory may bring a child before its parent.
CREATE TABLE departments (
    org_id TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    parent_id TEXT,
    name TEXT NOT NULL,
    position BIGINT NOT NULL,
    synced BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX departments_parent ON departments (org_id, parent_id);
CREATE INDEX departments_seen ON departments (org_id, seen);

-- Who belongs to an organisation. person names the row of the directory, for those who are in one.
CREATE TABLE members (
    org_id TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    since BIGINT NOT NULL,
    source TEXT NOT NULL,
    person TEXT,
    roles TEXT NOT NULL,
    PRIMARY KEY (org_id, user_id)
);
CREATE INDEX members_user ON members (user_id);
CREATE INDEX members_person ON members (org_id, person);

-- Departments given by hand; those of the directory are in roster_departments.
CREATE TABLE member_departments (
    org_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    department_id TEXT NOT NULL,
    PRIMARY KEY (org_id, user_id, department_id),
    FOREIGN KEY (org_id, user_id) REFERENCES members (org_id, user_id) ON DELETE CASCADE
);
CREATE INDEX member_departments_department ON member_departments (org_id, department_id);

-- Everybody in a platform's directory, also those who never signed in here. id is the platform's own.
CREATE TABLE roster (
    org_id TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    title TEXT,
    active BIGINT NOT NULL,
    digest TEXT NOT NULL,
    seen BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX roster_seen ON roster (org_id, seen);

-- The keys a sign-in of theirs shows (design.md, people).
CREATE TABLE roster_keys (
    org_id TEXT NOT NULL,
    space TEXT NOT NULL,
    value TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (org_id, space, value),
    FOREIGN KEY (org_id, person) REFERENCES roster (org_id, id) ON DELETE CASCADE
);
CREATE INDEX roster_keys_person ON roster_keys (org_id, person);

CREATE TABLE roster_departments (
    org_id TEXT NOT NULL,
    person TEXT NOT NULL,
    department_id TEXT NOT NULL,
    leads BIGINT NOT NULL,
    PRIMARY KEY (org_id, person, department_id),
    FOREIGN KEY (org_id, person) REFERENCES roster (org_id, id) ON DELETE CASCADE
);
CREATE INDEX roster_departments_department ON roster_departments (org_id, department_id);

-- Passes over a directory. number grows within an organisation: what carries a smaller one was not seen.
CREATE TABLE sync_runs (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    dry BIGINT NOT NULL,
    state TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    ended_at BIGINT,
    -- Raised by each page, so that no page is taken twice.
    pages BIGINT NOT NULL,
    next TEXT,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    departments BIGINT NOT NULL,
    failed TEXT NOT NULL,
    examples TEXT NOT NULL,
    node TEXT NOT NULL,
    leased_until BIGINT NOT NULL,
    UNIQUE (org_id, number)
);
CREATE UNIQUE INDEX sync_runs_running ON sync_runs (org_id) WHERE state = 'running';

-- What a dry run saw; it writes nowhere else.
CREATE TABLE sync_seen (
    run_id TEXT NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (run_id, kind, id)
);

-- Which organisation somebody last chose for an application.
CREATE TABLE org_choices (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    org_id TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    chosen_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);
CREATE INDEX org_choices_org ON org_choices (org_id);

-- Logout tokens to be sent (OIDC Back-Channel Logout). sid is the session as the application knows it.
CREATE TABLE logout_deliveries (
    client_id TEXT NOT NULL,
    sid TEXT NOT NULL,
    user_id TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    PRIMARY KEY (client_id, sid)
);
CREATE INDEX logout_deliveries_due ON logout_deliveries (due_at);

CREATE TABLE verification_files (
    name TEXT NOT NULL PRIMARY KEY,
    -- base64url of the exact bytes.
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- The organisation of the connector somebody signed in through.
ALTER TABLE sessions ADD COLUMN org_id TEXT;
CREATE INDEX sessions_org ON sessions (org_id, user_id);
-- The organisation somebody acts in, and the session as the application was told of it.
ALTER TABLE grants ADD COLUMN org_id TEXT;
ALTER TABLE grants ADD COLUMN sid TEXT;
CREATE INDEX grants_org ON grants (org_id, user_id);
-- It has an address for logout tokens.
ALTER TABLE clients ADD COLUMN backchannel BIGINT NOT NULL DEFAULT 0;
