//! Resource servers (RFC 8707), as administrators change them.

use url::Url;

use super::{Actor, Admin, AdminError};
use crate::base::id::ClientId;
use crate::base::people::clean_name;
use crate::oidc::keys::LONGEST_LIFE;
use crate::store::resources::Resource;

impl Admin {
    /// Adds a resource server, or replaces what was said of it.
    ///
    /// # Errors
    /// `Wrong` fields, `Forbidden`, `Store`.
    pub async fn put_resource(&self, actor: &Actor, mut resource: Resource) -> Result<(), AdminError> {
        self.permit(actor).await?;
        resource.metadata.title = clean_name(&resource.metadata.title, 100);
        let mut wrong = mistakes(&resource);
        for id in &resource.metadata.introspectors {
            if self.store.client(&ClientId::new(id.clone())).await?.is_none() {
                wrong.push(("introspectors".to_owned(), format!("there is no application with the id {id}")));
            }
        }
        if !wrong.is_empty() {
            return Err(AdminError::Wrong(wrong));
        }
        let target = format!("resource:{}", resource.id);
        let entry = self.entry(actor, "resource.put", &target, &serde_json::json!({}));
        self.store
            .write(move |tx| {
                let (resource, entry) = (resource.clone(), entry.clone());
                Box::pin(async move {
                    tx.put_resource(&resource).await?;
                    tx.audit(&entry).await
                })
            })
            .await?;
        Ok(())
    }

    /// Removes a resource server: no further token names it.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Store`.
    pub async fn delete_resource(&self, actor: &Actor, id: &str) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let entry = self.entry(actor, "resource.delete", &format!("resource:{id}"), &serde_json::json!({}));
        let which = id.to_owned();
        let gone = self
            .store
            .write(move |tx| {
                let (id, entry) = (which.clone(), entry.clone());
                Box::pin(async move {
                    let gone = tx.delete_resource(&id).await?;
                    if gone {
                        tx.audit(&entry).await?;
                    }
                    Ok(gone)
                })
            })
            .await?;
        if gone { Ok(()) } else { Err(AdminError::NotFound(format!("resource {id}"))) }
    }
}

/// Whether `scope` is a scope-token (RFC 6749 §3.3).
pub(super) fn is_scope(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
}

fn mistakes(resource: &Resource) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, text: String| wrong.push((field.to_owned(), text));
    // RFC 8707 §2: an absolute URI without a fragment.
    if Url::parse(&resource.id).is_err() || resource.id.contains('#') || resource.id.contains(char::is_whitespace) {
        refuse("id", "must be an absolute URI without a fragment, https://api.example.com".to_owned());
    }
    for scope in resource.metadata.scopes.iter().filter(|scope| !is_scope(scope)) {
        refuse("scopes", format!("{scope} can't be a scope: printable ASCII without spaces, quotes, backslashes"));
    }
    if resource.metadata.token_life.is_some_and(|life| !(60..=LONGEST_LIFE).contains(&life)) {
        refuse("token_life", format!("must be 60 to {LONGEST_LIFE} seconds"));
    }
    wrong
}
