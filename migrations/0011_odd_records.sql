-- Records of a directory that a pass could not use, as JSON: who has one stays, everybody else's go on.
ALTER TABLE sync_runs ADD COLUMN odd TEXT NOT NULL DEFAULT '[]';
