//! `hufu key …`: signing keys and the master key.

mod reseal;

use clap::Subcommand;
use serde_json::json;

use super::{Context, Failure, Outcome};
use crate::base::clock::Seconds;
use crate::base::random::Random;
use crate::base::secret::MasterKey;
use crate::oidc::keys::RotationRefused;
use crate::store::keys::KeyRow;

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
    /// Replace the master key: everything sealed is sealed anew, or nothing is; stop every node first
    #[command(after_help = "Example: hufu key master > new.key && hufu key reseal new.key")]
    Reseal(reseal::Reseal),
}

impl Key {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Master => {
                let key = MasterKey::generate(&Random::System).to_text();
                context.output.say(&key, &json!({ "master_key": key }));
            }
            Self::List => list(context).await?,
            Self::Reseal(reseal) => reseal.run(context).await?,
            Self::Rotate => {
                let app = context.app().await?;
                let signing = app.oidc.keys().rotate().await.map_err(refused)?;
                let now = app.clock.now();
                let keys = app.store.keys().await?;
                let kids = |wanted: &str| {
                    keys.iter()
                        .filter(|key| state(key, &keys, now) == wanted)
                        .map(|key| key.id.clone())
                        .collect::<Vec<_>>()
                };
                let (next, published) = (kids("next"), kids("published"));
                let text = format!(
                    "These sign from now on: {}\nPublished ahead, to sign next: {}\nStill published, sign no more: {}",
                    signing.join(", "),
                    next.join(", "),
                    published.join(", ")
                );
                context.output.say(&text, &json!({ "signs": signing, "next": next, "published": published }));
            }
        }
        Ok(())
    }
}

fn refused(error: RotationRefused) -> Failure {
    match error {
        RotationRefused::TooEarly { earliest } => Failure::Said(format!(
            "too early: the next key has to be published a while before it signs; rotate from {} on",
            super::output::moment(earliest)
        )),
        RotationRefused::Store(error) => error.into(),
    }
}

/// What a key of `keys` is for now, read as the key ring reads it: after an early
/// rotation the next key signs before the moment it was planned for.
pub(super) fn state(key: &KeyRow, keys: &[KeyRow], now: Seconds) -> &'static str {
    let stands = |key: &KeyRow| key.signs_until.is_none_or(|until| now < until);
    if key.published_until.is_some_and(|end| end <= now) {
        return "gone";
    }
    if !stands(key) {
        return "published";
    }
    let standing = || keys.iter().filter(|other| other.algorithm == key.algorithm && stands(other));
    let due = standing().filter(|other| other.signs_from <= now).max_by_key(|other| (other.signs_from, &other.id));
    let signing = due.or_else(|| standing().min_by_key(|other| (other.signs_from, &other.id)));
    match signing {
        Some(signing) if signing.id == key.id => "signs",
        Some(signing) if signing.signs_from < key.signs_from => "next",
        _ => "published",
    }
}

async fn list(context: &Context) -> Outcome {
    let app = context.app().await?;
    let now = app.clock.now();
    let keys = app.store.keys().await?;
    let rows: Vec<Vec<String>> = keys
        .iter()
        .map(|key| {
            vec![
                key.id.clone(),
                key.algorithm.clone(),
                state(key, &keys, now).to_owned(),
                super::output::moment(key.signs_from),
            ]
        })
        .collect();
    let values: Vec<_> = keys
        .iter()
        .map(|key| {
            json!({ "kid": key.id, "alg": key.algorithm, "state": state(key, &keys, now), "created_at": key.created_at,
                    "signs_from": key.signs_from, "signs_until": key.signs_until, "published_until": key.published_until })
        })
        .collect();
    context.output.table(&["KID", "ALG", "STATE", "SIGNS_FROM"], &rows, &values);
    Ok(())
}
