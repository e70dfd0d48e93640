-- When the next question may be put to a company's platform, in milliseconds: every node and every reader asks here.
CREATE TABLE paces (
    name TEXT NOT NULL PRIMARY KEY,
    next_at BIGINT NOT NULL
);
