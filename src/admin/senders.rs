//! Senders of short messages, as administrators change them: add, change, order, test, remove.

use serde_json::{Map, Value, json};

use super::{Actor, Admin, AdminError, WrongField, connectors};
use crate::base::id::SenderId;
use crate::base::lang::Lang;
use crate::base::phone::Phone;
use crate::base::secret::Secret;
use crate::base::sentence::{Words, fill};
use crate::connectors::Text;
use crate::connectors::phone_codes::SendAs;
use crate::connectors::senders::route::Attempt;
use crate::connectors::senders::{SenderKind, kind};
use crate::connectors::{Wrong, settings};
use crate::login::otp::Message;
use crate::login::senders::owner;
use crate::store::Error;
use crate::store::senders::SenderRow;

/// What came of a test message.
#[derive(Debug)]
pub struct Tested {
    /// The provider's answer.
    pub attempt: Attempt,
    /// What to do, in both languages; absent when it was taken.
    pub advice: Option<Text>,
}

impl Admin {
    /// All senders, first asked first.
    ///
    /// # Errors
    /// `Store`.
    pub async fn senders(&self) -> Result<Vec<SenderRow>, AdminError> {
        Ok(self.store.senders().await?)
    }

    /// Adds one at the end of the order.
    ///
    /// # Errors
    /// `Wrong` fields, among them a name that is taken.
    pub async fn add_sender(
        &self,
        actor: &Actor,
        kind_id: &str,
        name: &str,
        fields: &[(String, String)],
    ) -> Result<SenderRow, AdminError> {
        self.insert_sender(actor, find_kind(kind_id)?, name, (fields, false)).await
    }

    /// Adds the practice provider of a kind.
    ///
    /// # Errors
    /// `Conflict` where practice is off or the kind has none.
    pub async fn add_practice_sender(&self, actor: &Actor, kind_id: &str) -> Result<SenderRow, AdminError> {
        let kind = find_kind(kind_id)?;
        if kind.practice.is_empty() {
            return Err(AdminError::Conflict(Words::new(
                &fill("there is no practice provider for {}", &[kind.name.en]),
                &fill("{}没有练习服务商", &[kind.name.zh]),
            )));
        }
        if !self.login.practice_is_on() {
            return Err(connectors::practice_is_off());
        }
        let fields: Vec<(String, String)> =
            kind.practice.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.insert_sender(actor, kind, &format!("{}-practice", kind.id), (&fields, true)).await
    }

    async fn insert_sender(
        &self,
        actor: &Actor,
        kind: &SenderKind,
        name: &str,
        (fields, practice): (&[(String, String)], bool),
    ) -> Result<SenderRow, AdminError> {
        self.permit(actor).await?;
        if !connectors::is_name(name) {
            return Err(AdminError::Wrong(vec![connectors::no_name()]));
        }
        let now = self.clock.now();
        let mut row = SenderRow {
            id: SenderId::new(self.random.ulid(now)),
            version: 1,
            created_at: now,
            updated_at: now,
            kind: kind.id.to_owned(),
            name: name.to_owned(),
            position: 0,
            enabled: true,
            practice,
            settings: String::new(),
            untyped_since: 0,
        };
        row.settings = self.sender_settings(kind, &row, fields, &Map::new())?;
        let detail = json!({ "kind": row.kind, "practice": practice });
        let entry = self.entry(actor, "sender.create", &format!("sender:{name}"), &detail);
        let stored = row.clone();
        let written = self
            .store
            .write(move |tx| {
                let (row, entry) = (stored.clone(), entry.clone());
                Box::pin(async move {
                    tx.insert_sender(&row).await?;
                    tx.audit(&entry).await
                })
            })
            .await;
        match written {
            Ok(()) => Ok(row),
            Err(Error::Conflict(_)) => Err(connectors::name_is_taken()),
            Err(error) => Err(error.into()),
        }
    }

    /// The sealed settings column, refused where the kind itself can't be opened with them.
    fn sender_settings(
        &self,
        kind: &SenderKind,
        row: &SenderRow,
        fields: &[(String, String)],
        old: &Map<String, Value>,
    ) -> Result<String, AdminError> {
        let owner = owner(row);
        let sealed = settings::seal_fields(&self.sealer, kind.fields, &owner, fields, old).map_err(|w| wrong(&w))?;
        let text = Value::Object(sealed).to_string();
        let opened = settings::open_fields(&self.sealer, kind.fields, &owner, &text)
            .map_err(|error| AdminError::Store(Error::Corrupt(error.to_string())))?;
        (kind.open)(&opened).map_err(|w| wrong(&w))?;
        Ok(text)
    }

    /// The sender with this name.
    ///
    /// # Errors
    /// `NotFound`, `Store`.
    pub async fn find_sender(&self, name: &str) -> Result<SenderRow, AdminError> {
        let found = self.store.senders().await?.into_iter().find(|row| row.name == name);
        found.ok_or_else(|| AdminError::NotFound(format!("sender named {name}")))
    }

    /// Changes settings; what is not given stays. Kind, name and practice never change.
    ///
    /// # Errors
    /// `Wrong` fields; `Conflict` when somebody changed it in between.
    pub async fn update_sender(
        &self,
        actor: &Actor,
        name: &str,
        fields: &[(String, String)],
    ) -> Result<SenderRow, AdminError> {
        let row = self.find_sender(name).await?;
        let old: Map<String, Value> = serde_json::from_str(&row.settings).unwrap_or_default();
        let settings = self.sender_settings(find_kind(&row.kind)?, &row, fields, &old)?;
        self.save_sender(actor, SenderRow { settings, ..row }, "sender.update").await
    }

    /// Switches one on or off.
    ///
    /// # Errors
    /// `NotFound`, `Conflict`, `Store`.
    pub async fn set_sender_enabled(&self, actor: &Actor, name: &str, enabled: bool) -> Result<SenderRow, AdminError> {
        let row = self.find_sender(name).await?;
        let action = if enabled { "sender.enable" } else { "sender.disable" };
        self.save_sender(actor, SenderRow { enabled, ..row }, action).await
    }

    /// Moves one a place up or down in the order.
    ///
    /// # Errors
    /// `NotFound`, `Conflict`, `Store`.
    pub async fn move_sender(&self, actor: &Actor, name: &str, up: bool) -> Result<(), AdminError> {
        let mut rows = self.store.senders().await?;
        let Some(from) = rows.iter().position(|row| row.name == name) else {
            return Err(AdminError::NotFound(format!("sender named {name}")));
        };
        let to = if up { from.checked_sub(1) } else { Some(from + 1).filter(|to| *to < rows.len()) };
        let Some(to) = to else { return Ok(()) };
        rows.swap(from, to);
        for (position, row) in (1_i64..).zip(rows) {
            if row.position != position {
                self.save_sender(actor, SenderRow { position, ..row }, "sender.move").await?;
            }
        }
        Ok(())
    }

    /// Removes one.
    ///
    /// # Errors
    /// `NotFound`, `Store`.
    pub async fn delete_sender(&self, actor: &Actor, name: &str) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let row = self.find_sender(name).await?;
        let entry = self.entry(actor, "sender.delete", &format!("sender:{name}"), &json!({ "kind": row.kind }));
        self.store
            .write(move |tx| {
                let (id, entry) = (row.id.clone(), entry.clone());
                Box::pin(async move {
                    tx.delete_sender(&id).await?;
                    tx.audit(&entry).await
                })
            })
            .await?;
        Ok(())
    }

    /// Sends a message with a code that opens nothing. "Taken" means accepted by
    /// the provider, not delivered. A practice sender never sends to a real
    /// person's number: it reaches the practice world only.
    ///
    /// # Errors
    /// `Wrong` number, `NotFound`, `Store`; what the provider says is in the answer.
    pub async fn test_sender(&self, actor: &Actor, name: &str, number: &str, lang: Lang) -> Result<Tested, AdminError> {
        self.permit(actor).await?;
        let row = self.find_sender(name).await?;
        let to = Phone::parse(number, "CN")
            .map_err(|error| AdminError::wrong("number", &error.to_string(), "不是有效的手机号"))?;
        let digits = u32::from_be_bytes(self.random.bytes::<4>()) % 1_000_000;
        let code = Secret::new(format!("{digits:06}"));
        let message = Message {
            to,
            code,
            lifetime: 300,
            row: String::new(),
            how: SendAs::default(),
            practice: row.practice,
            lang,
        };
        let words = self.login.senders().message(&message).await?;
        let attempt = self.login.senders().test(&row, &words).await?;
        let advice = match (&attempt.outcome, kind(&row.kind)) {
            (Err(trouble), Some(kind)) => Some(kind.advice(trouble)),
            _ => None,
        };
        Ok(Tested { attempt, advice })
    }

    async fn save_sender(&self, actor: &Actor, mut row: SenderRow, action: &str) -> Result<SenderRow, AdminError> {
        self.permit(actor).await?;
        row.updated_at = self.clock.now();
        let entry = self.entry(actor, action, &format!("sender:{}", row.name), &json!({}));
        let stored = row.clone();
        let done = self
            .store
            .write(move |tx| {
                let (row, entry) = (stored.clone(), entry.clone());
                Box::pin(async move {
                    let done = tx.update_sender(&row).await?;
                    if done {
                        tx.audit(&entry).await?;
                    }
                    Ok(done)
                })
            })
            .await?;
        if done {
            Ok(row)
        } else {
            Err(AdminError::conflict("somebody changed this sender in between", "其他人刚刚修改了这个短信服务商"))
        }
    }
}

fn find_kind(id: &str) -> Result<&'static SenderKind, AdminError> {
    kind(id).ok_or_else(|| AdminError::NotFound(format!("kind of sender called {id}")))
}

fn wrong(wrong: &[Wrong]) -> AdminError {
    AdminError::Wrong(wrong.iter().map(WrongField::from).collect())
}
