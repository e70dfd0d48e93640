//! `hufu key reseal`: another master key.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{Context, Failure, Outcome};
use crate::admin::Actor;
use crate::base::random::Random;
use crate::base::secret::MasterKey;

#[derive(Debug, Args)]
pub(in crate::cli) struct Reseal {
    /// The file with the new master key, as `hufu key master` prints it
    file: PathBuf,
}

impl Reseal {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let config = context.config()?;
        if std::net::TcpListener::bind(config.listen).is_err() {
            return Err(Failure::Said(format!("something listens on {}: stop the server first", config.listen)));
        }
        let named = |error: &dyn std::fmt::Display| Failure::Said(format!("{}: {error}", self.file.display()));
        let text = std::fs::read_to_string(&self.file).map_err(|error| named(&error))?;
        let new = MasterKey::parse(&text).map_err(|error| named(&error))?;
        // The key file is ours to replace only where no key is configured.
        let ours = config.master_key.is_none().then(|| config.data.join("master.key"));
        let app = context.app().await?;
        let next = match &ours {
            Some(path) => Some(write_beside(path, &new)?),
            None => None,
        };
        let done = app.admin.reseal(&Actor::command_line(), &new).await;
        let resealed = match (done, &next) {
            (Ok(resealed), _) => resealed,
            (Err(error), Some(next)) => {
                // Nothing was resealed, so nothing needs it.
                let _ = std::fs::remove_file(next);
                return Err(error.into());
            }
            (Err(error), None) => return Err(error.into()),
        };
        let after = match (&ours, &next) {
            (Some(path), Some(next)) => {
                std::fs::rename(path, path.with_added_extension("before"))?;
                std::fs::rename(next, path)?;
                format!(
                    "{} holds the new key; the old one is beside it, as master.key.before, for the backups made with it.",
                    path.display()
                )
            }
            _ => "Set master_key to the new one on every node, then start them.".to_owned(),
        };
        let text = format!(
            "Sealed anew: {} signing keys, {} connectors, {} senders, secrets of {} applications.\n{after}\nPeople sign in again; refresh tokens go on.",
            resealed.keys, resealed.connectors, resealed.senders, resealed.applications
        );
        context.output.say(&text, &json!(resealed));
        Ok(())
    }
}

/// The new key, whole and on disk before anything is sealed with it.
fn write_beside(path: &Path, key: &MasterKey) -> Result<PathBuf, Failure> {
    let next = path.with_added_extension("next");
    let draft = path.with_added_extension(Random::System.alphanumeric(16));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(key.to_text().as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&draft, &next)?;
    Ok(next)
}
