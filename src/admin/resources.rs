//! Resource servers (RFC 8707), as administrators change them.

use url::Url;

use super::{Actor, Admin, AdminError, WrongField, refused};
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
                wrong.push(WrongField::with(
                    "introspectors",
                    "there is no application with the id {}",
                    "没有 ID 为 {} 的应用",
                    &[id],
                ));
            }
        }
        refused(wrong)?;
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

pub(super) fn not_a_scope(field: &str, scope: &str) -> WrongField {
    let text = "{} can't be a scope: printable ASCII without spaces, quotes, backslashes";
    WrongField::with(field, text, "{} 不能作为 scope：只能用可见的 ASCII 字符，不含空格、引号和反斜线", &[scope])
}

fn mistakes(resource: &Resource) -> Vec<WrongField> {
    let mut wrong = Vec::new();
    // RFC 8707 §2: an absolute URI without a fragment.
    if Url::parse(&resource.id).is_err() || resource.id.contains('#') || resource.id.contains(char::is_whitespace) {
        let text = "must be an absolute URI without a fragment, https://api.example.com";
        wrong.push(WrongField::new("id", text, "须为不带片段（#）的绝对 URI，如 https://api.example.com"));
    }
    for scope in resource.metadata.scopes.iter().filter(|scope| !is_scope(scope)) {
        wrong.push(not_a_scope("scopes", scope));
    }
    if resource.metadata.token_life.is_some_and(|life| !(60..=LONGEST_LIFE).contains(&life)) {
        let most = LONGEST_LIFE.to_string();
        wrong.push(WrongField::with("token_life", "must be 60 to {} seconds", "须为 60 到 {} 秒", &[most]));
    }
    wrong
}
