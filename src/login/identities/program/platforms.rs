//! The methods an application may use, as it has to know them to begin by itself.

use serde::Serialize;
use serde_json::Value;

use crate::base::id::ClientId;
use crate::connectors::Codes;
use crate::login::interaction::admits;
use crate::login::{Login, LoginError};

/// A method that is on. Nothing in it is secret: the sign-in page shows as much.
#[derive(Debug, Serialize)]
pub struct PublicConnector {
    /// What requests name it by.
    pub name: String,
    /// The platform.
    pub kind: String,
    /// What people read on its button.
    pub title: String,
    /// A practice platform.
    pub practice: bool,
    /// Whether a program may bring a code of the platform: `never`, `from_programs`, or `from_browsers`, which is
    /// for applications that an administrator limited to methods of which this is one.
    pub codes: Codes,
    /// What the platform's own kit is started with.
    pub settings: Value,
}

impl Login {
    /// The methods that are on, in the order of the sign-in page; with `client`, those it may use.
    ///
    /// # Errors
    /// `Store`.
    pub async fn public_connectors(&self, client: Option<&ClientId>) -> Result<Vec<PublicConnector>, LoginError> {
        let client = match client {
            Some(id) => self.store.client(id).await?.filter(|client| client.enabled),
            None => None,
        };
        let practice_only = client.as_ref().is_some_and(|client| client.metadata.practice);
        let all = self.connectors.all().await?;
        let usable = all.iter().filter(|one| one.is_usable() && admits(client.as_deref(), &one.row.name));
        let told = usable.filter(|one| !practice_only || one.row.practice).filter_map(|one| {
            let connector = one.connector.as_ref()?;
            Some(PublicConnector {
                name: one.row.name.clone(),
                kind: one.row.kind.clone(),
                title: one.row.title.clone(),
                practice: one.row.practice,
                codes: connector.codes(),
                settings: connector.public(),
            })
        });
        Ok(told.collect())
    }
}
