-- Somebody is absorbed once at a time.
CREATE UNIQUE INDEX merges_absorbed ON merges (absorbed_id) WHERE undone_at IS NULL;
CREATE INDEX moved_subjects_merge ON moved_subjects (merge_id);
