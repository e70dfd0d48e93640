-- How often the whole directory of an organisation is read by itself, in seconds; what fits its platform when absent.
ALTER TABLE orgs ADD COLUMN sync_every BIGINT;
