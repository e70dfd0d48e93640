//! A company with its platform: organisation and sign-in method from the same credentials, both or neither.

use serde_json::json;

use super::connectors::NewConnector;
use super::{Actor, Admin, AdminError};
use crate::base::people::clean_name;
use crate::store::Error;
use crate::store::connectors::ConnectorRow;
use crate::store::orgs::Org;

/// Longest title of a connector, in characters.
const LONGEST_TITLE: usize = 60;

impl Admin {
    /// Makes an organisation and the connector of its platform, in one transaction. People read the organisation's
    /// name on the button; whoever signs in through it belongs to it, and its directory is read where it has one.
    ///
    /// # Errors
    /// `Wrong` fields, those of the kind among them; `Conflict` when a name was taken in between.
    pub async fn create_company(
        &self,
        actor: &Actor,
        name: &str,
        kind: &str,
        fields: &[(String, String)],
    ) -> Result<(Org, ConnectorRow), AdminError> {
        self.permit(actor).await?;
        let title = clean_name(name, LONGEST_TITLE);
        let new = NewConnector { kind, title: &title, name: None, fields };
        let row = self.new_connector(&new).await?;
        let org = self.new_org(name, Some(&row))?;
        let detail = json!({ "kind": row.kind, "practice": row.practice });
        let entries = [
            self.entry(actor, "connector.create", &format!("connector:{}", row.name), &detail),
            self.entry(actor, "organisation.create", &format!("org:{}", org.id), &json!({ "name": org.name })),
        ];
        let stored = (org.clone(), row.clone());
        let made = self.store.write(move |tx| {
            let ((org, row), entries) = (stored.clone(), entries.clone());
            Box::pin(async move {
                tx.insert_connector(&row).await?;
                tx.insert_org(&org).await?;
                for entry in &entries {
                    tx.audit(entry).await?;
                }
                Ok(())
            })
        });
        match made.await {
            Ok(()) => Ok((org, row)),
            Err(Error::Conflict(_)) => {
                Err(AdminError::conflict("somebody took its name in between; again", "名称刚被占用，请重试"))
            }
            Err(error) => Err(error.into()),
        }
    }
}
