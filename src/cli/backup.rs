//! `hufu backup` and `hufu restore` of the SQLite store.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{Context, Failure, Outcome};
use crate::store::{Location, Store};

/// What a restore has done, its danger included.
const RESTORED: &str = "Restored. What was issued after the copy was made is dead; the store of before stands beside it, ending in .before.
What was ended, switched off or deleted after the copy was made is back: sessions, refresh tokens, people and applications.
End a person's sessions and tokens with: hufu user sign-out NAME";

#[derive(Debug, Args)]
#[command(after_help = "Example: hufu backup /backups/hufu-2026-11-21.sqlite")]
pub(super) struct Backup {
    /// A file that does not exist yet
    file: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: hufu restore /backups/hufu-2026-11-21.sqlite")]
pub(super) struct Restore {
    /// A file that `hufu backup` made
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let config = context.config()?;
        let Location::Sqlite(_) = &config.store else {
            return Err(Failure::Said("the store is PostgreSQL: back it up with pg_dump".to_owned()));
        };
        if self.file.exists() {
            return Err(Failure::Said(format!("{} exists; name a new file", self.file.display())));
        }
        let store = Store::open(&config.store).await?;
        store.backup_to(&self.file).await?;
        let key = if config.master_key.is_some() { "given by configuration" } else { "in the file master.key" };
        let text = format!(
            "Copied to {}.\nThe master key is not inside: it is {key}. Keep a copy of it elsewhere; without it the keys in this file stay sealed.",
            self.file.display()
        );
        context.output.say(&text, &json!({ "file": self.file, "master_key_inside": false }));
        Ok(())
    }
}

impl Restore {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let config = context.config()?;
        let Location::Sqlite(path) = &config.store else {
            return Err(Failure::Said("the store is PostgreSQL: restore it with pg_restore".to_owned()));
        };
        if std::net::TcpListener::bind(config.listen).is_err() {
            return Err(Failure::Said(format!("something listens on {}: stop the server first", config.listen)));
        }
        if !self.file.is_file() {
            return Err(Failure::Said(format!("{} is not there", self.file.display())));
        }
        self.put_back(path).await?;
        context.output.say(RESTORED, &json!({ "restored": self.file, "to": path, "ended_since_is_back": true }));
        Ok(())
    }

    /// Checks the copy (and brings its schema up to date) beside the store, then renames: a broken copy never replaces a whole store.
    async fn put_back(&self, path: &Path) -> Outcome {
        let beside = |ending: &str| path.with_added_extension(ending);
        let (working, ready) = (beside("restoring"), beside("ready"));
        std::fs::copy(&self.file, &working)?;
        let checked = async {
            let store = Store::open(&Location::Sqlite(working.clone())).await?;
            store.integrity().await?;
            store.backup_to(&ready).await
        };
        let checked = checked.await;
        for ending in ["restoring", "restoring-wal", "restoring-shm"] {
            // They are there or not; what counts is that nothing half stays.
            let _ = std::fs::remove_file(beside(ending));
        }
        checked?;
        if path.exists() {
            std::fs::rename(path, beside("before"))?;
        }
        for ending in ["-wal", "-shm"] {
            let mut log = path.as_os_str().to_owned();
            log.push(ending);
            // The log belongs to the store of before; read with the restored one it would damage it.
            let _ = std::fs::rename(&log, {
                let mut kept = beside("before").into_os_string();
                kept.push(ending);
                kept
            });
        }
        std::fs::rename(&ready, path)?;
        Ok(())
    }
}
