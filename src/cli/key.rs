//! `hufu key …`: signing keys and the master key.

use clap::Subcommand;
use serde_json::json;

use super::{Context, Failure, Outcome};
use crate::base::random::Random;
use crate::base::secret::MasterKey;

#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// The signing keys and what each is for now
    #[command(after_help = "Example: hufu key list")]
    List,
    /// Sign with the next key now, and publish another one; the old stays published until its tokens are over
    #[command(after_help = "Example: hufu key rotate")]
    Rotate,
    /// Make a master key, for `HUFU_MASTER_KEY`
    #[command(after_help = "Example: hufu key master > /etc/hufu/master.key")]
    Master,
}

impl Key {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Master => {
                let key = MasterKey::generate(&Random::System).to_text();
                context.output.say(&key, &json!({ "master_key": key }));
            }
            Self::List => list(context).await?,
            Self::Rotate => {
                let app = context.app().await?;
                let made = app.oidc.keys().rotate().await.map_err(|error| Failure::Said(error.to_string()))?;
                let text = format!("Rotated; published next: {}", made.join(", "));
                context.output.say(&text, &json!({ "published": made }));
            }
        }
        Ok(())
    }
}

async fn list(context: &Context) -> Outcome {
    let app = context.app().await?;
    let now = app.clock.now();
    let keys = app.store.keys().await?;
    let state = |key: &crate::store::keys::KeyRow| {
        if key.published_until.is_some_and(|end| end <= now) {
            "gone"
        } else if key.signs_from > now {
            "next"
        } else if key.signs_until.is_some_and(|end| end <= now) {
            "published"
        } else {
            "signs"
        }
    };
    let rows: Vec<Vec<String>> = keys
        .iter()
        .map(|key| vec![key.id.clone(), key.algorithm.clone(), state(key).to_owned(), key.signs_from.to_string()])
        .collect();
    let values: Vec<_> = keys
        .iter()
        .map(|key| {
            json!({ "kid": key.id, "alg": key.algorithm, "state": state(key), "created_at": key.created_at,
                    "signs_from": key.signs_from, "signs_until": key.signs_until, "published_until": key.published_until })
        })
        .collect();
    context.output.table(&["KID", "ALG", "STATE", "SIGNS_FROM"], &rows, &values);
    Ok(())
}
