//! People whom a platform moved to another account, as an administrator has them followed.

use serde_json::json;

use super::{Actor, Admin, AdminError};
use crate::base::lang::{Lang, Wish};
use crate::base::sentence::Words;
use crate::connectors::moving::Moving;
use crate::login::Visitor;
use crate::login::moving::{MoveTrouble, Moved};

impl Admin {
    /// Gives everybody known by the old application's subjects those that this connector's platform tells
    /// (WeChat converts them for fifteen days after a migration). Repeated, it goes on where it stopped.
    ///
    /// # Errors
    /// `NotFound`; `Wrong` ids; `Conflict` with the platform's words.
    pub async fn migrate_connector(&self, actor: &Actor, name: &str, moving: &Moving) -> Result<Moved, AdminError> {
        self.permit(actor).await?;
        let row = self.find_connector(name).await?;
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !plain(&moving.account) {
            let text = "is the original id of the old account, as gh_0123456789ab";
            return Err(AdminError::wrong("from", text, "须为旧账号的原始 ID，如 gh_0123456789ab"));
        }
        let visitor = Visitor {
            browser: String::new(),
            last_way: None,
            session: None,
            agent: String::new(),
            wish: Wish::unsaid(Lang::Zh),
            address: actor.address.clone(),
            request_id: actor.request_id.clone(),
        };
        let moved = match self.login.move_subjects(&row.name, moving, &visitor).await {
            Ok(moved) => moved,
            Err(MoveTrouble::Login(error)) => return Err(error.into()),
            Err(trouble) => {
                let (en, zh) = ("{}", "平台没有接受：{}");
                return Err(AdminError::Conflict(Words::with(en, zh, &[trouble.to_string()])));
            }
        };
        let detail = json!({ "from": moving.account, "application": moving.application, "came to": moved });
        let entry = self.entry(actor, "connector.migrate", &format!("connector:{}", row.name), &detail);
        let noted = self.store.write(move |tx| {
            let entry = entry.clone();
            Box::pin(async move { tx.audit(&entry).await })
        });
        noted.await?;
        Ok(moved)
    }
}
