-- Every token issued pays for each index of its rows, so none stands for what nobody asks,
-- and rows that belong to no person, session or organisation are in no index of those.
DROP INDEX artifacts_short_grant;
DROP INDEX artifacts_long_grant;
DROP INDEX grants_user;
CREATE INDEX grants_user ON grants (user_id, id) WHERE user_id IS NOT NULL;
DROP INDEX grants_session;
CREATE INDEX grants_session ON grants (session_id) WHERE session_id IS NOT NULL;
DROP INDEX grants_org;
CREATE INDEX grants_org ON grants (org_id, user_id) WHERE org_id IS NOT NULL;
DROP INDEX sessions_org;
CREATE INDEX sessions_org ON sessions (org_id, user_id) WHERE org_id IS NOT NULL;
