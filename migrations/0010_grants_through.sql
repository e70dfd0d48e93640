-- By which sign-in a grant was given: the connector, and the organisation whose platform it was then. Whoever leaves
-- that organisation loses it, also when the session is gone by now or another sign-in took its place.
ALTER TABLE grants ADD COLUMN connector_id TEXT;
ALTER TABLE grants ADD COLUMN through_org TEXT;
UPDATE grants SET connector_id = (SELECT s.connector_id FROM sessions AS s WHERE s.id = grants.session_id);
UPDATE grants SET through_org = (SELECT s.org_id FROM sessions AS s WHERE s.id = grants.session_id);
-- Who signed in through a platform by this id of it.
CREATE INDEX identities_connector ON identities (connector_id, value);
