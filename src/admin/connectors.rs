//! Sign-in methods, as administrators change them: add, change, order, check, remove.

use serde_json::{Map, Value, json};

use super::{Actor, Admin, AdminError, WrongField, refused};
use crate::base::id::ConnectorId;
use crate::base::lang::Lang;
use crate::base::people::clean_name;
use crate::base::sentence::{Words, fill};
use crate::connectors::{Finding, Kind, Wrong, kind, settings};
use crate::store::Error;
use crate::store::connectors::{ConnectorRow, FirstSignIn, LAST};

/// What the console's form says of a connector that exists.
#[derive(Clone, Debug)]
pub struct ConnectorChange {
    /// What people read on the button.
    pub title: String,
    /// What becomes of an identity nobody has.
    pub rule: FirstSignIn,
    /// Whether people unknown so far may come in.
    pub registration: bool,
    /// `(key, text)`; an empty secret keeps the one that stands.
    pub fields: Vec<(String, String)>,
    /// The version the form was made from.
    pub version: i64,
}

/// What a new instance is made from.
pub(super) struct NewConnector<'a> {
    /// Id of its kind.
    pub kind: &'a str,
    /// What people read on the button.
    pub title: &'a str,
    /// Without it, one is made from the title.
    pub name: Option<&'a str>,
    /// `(key, text)`.
    pub fields: &'a [(String, String)],
}

impl Admin {
    /// Adds an instance. Without `name`, one is made from the title.
    ///
    /// # Errors
    /// `Wrong` fields; `Conflict` when the name is taken.
    pub async fn add_connector(
        &self,
        actor: &Actor,
        kind_id: &str,
        title: &str,
        name: Option<&str>,
        fields: &[(String, String)],
    ) -> Result<ConnectorRow, AdminError> {
        let new = NewConnector { kind: kind_id, title, name, fields };
        let row = self.new_connector(&new).await?;
        self.insert_connector(actor, row).await
    }

    /// A new instance, checked and sealed, not stored yet.
    pub(super) async fn new_connector(&self, new: &NewConnector<'_>) -> Result<ConnectorRow, AdminError> {
        let kind = find_kind(new.kind)?;
        let title = clean_name(new.title, 60);
        let given = new.name.map(str::trim).filter(|name| !name.is_empty());
        let name = match given {
            Some(name) => name.to_owned(),
            None => self.free_name(kind, &title).await?,
        };
        let mut wrong = Vec::new();
        if title.is_empty() {
            wrong.push(no_title());
        }
        if !is_name(&name) {
            wrong.push(no_name());
        }
        refused(wrong)?;
        self.connector_row(kind, (name, title), new.fields, false).await
    }

    /// Adds the practice platform of a kind, ready to sign in with.
    ///
    /// # Errors
    /// `Conflict` where practice is off or the kind has none.
    pub async fn add_practice_connector(
        &self,
        actor: &Actor,
        kind_id: &str,
        lang: Lang,
    ) -> Result<ConnectorRow, AdminError> {
        let kind = find_kind(kind_id)?;
        if kind.practice.is_empty() {
            return Err(AdminError::Conflict(Words::new(
                &fill("there is no practice platform for {}", &[kind.name.en]),
                &fill("{}没有练习平台", &[kind.name.zh]),
            )));
        }
        if !self.login.practice_is_on() {
            return Err(practice_is_off());
        }
        let fields: Vec<(String, String)> =
            kind.practice.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        // The page marks it as practice itself.
        let title = kind.name.get(lang).to_owned();
        let name = self.free_name(kind, &format!("{}-practice", kind.id)).await?;
        let row = self.connector_row(kind, (name, title), &fields, true).await?;
        self.insert_connector(actor, row).await
    }

    async fn connector_row(
        &self,
        kind: &Kind,
        (name, title): (String, String),
        fields: &[(String, String)],
        practice: bool,
    ) -> Result<ConnectorRow, AdminError> {
        let now = self.clock.now();
        let id = ConnectorId::new(self.random.ulid(now));
        let settings = self.settings_of(kind, &id, fields, &Map::new())?;
        let position = self.store.connectors().await?.iter().map(|row| row.position + 1).max().unwrap_or(0);
        Ok(ConnectorRow {
            id,
            version: 1,
            created_at: now,
            updated_at: now,
            kind: kind.id.to_owned(),
            name,
            title,
            position,
            enabled: true,
            practice,
            rule: FirstSignIn::Create,
            // A mini program's code proves who runs it, not that somebody wants an account (upstreams/wechat.md §6.1).
            registration: kind.id != "wechat_mini",
            settings,
        })
    }

    async fn insert_connector(&self, actor: &Actor, row: ConnectorRow) -> Result<ConnectorRow, AdminError> {
        self.permit(actor).await?;
        let detail = json!({ "kind": row.kind, "practice": row.practice });
        let entry = self.entry(actor, "connector.create", &format!("connector:{}", row.name), &detail);
        let stored = row.clone();
        self.store
            .write(move |tx| {
                let (row, entry) = (stored.clone(), entry.clone());
                Box::pin(async move {
                    tx.insert_connector(&row).await?;
                    tx.audit(&entry).await
                })
            })
            .await
            .map_err(|error| match error {
                Error::Conflict(_) => name_is_taken(),
                other => AdminError::Store(other),
            })?;
        Ok(row)
    }

    /// The sealed settings column, refused where the kind itself can't be opened with them.
    fn settings_of(
        &self,
        kind: &Kind,
        id: &ConnectorId,
        fields: &[(String, String)],
        old: &Map<String, Value>,
    ) -> Result<String, AdminError> {
        let sealed = settings::seal(&self.sealer, kind, id, fields, old).map_err(|wrong| wrong_fields(&wrong))?;
        let text = Value::Object(sealed).to_string();
        let opened = settings::open(&self.sealer, kind, id, &text)
            .map_err(|error| AdminError::Store(Error::Corrupt(error.to_string())))?;
        (kind.open)(&opened, id).map_err(|wrong| wrong_fields(&wrong))?;
        Ok(text)
    }

    /// The instance with this name.
    ///
    /// # Errors
    /// `NotFound`, `Store`.
    pub async fn find_connector(&self, name: &str) -> Result<ConnectorRow, AdminError> {
        let rows = self.store.connectors().await?;
        match rows.iter().find(|row| row.name == name) {
            Some(row) => Ok(row.clone()),
            None => Err(AdminError::NotFound(format!("connector named {name}"))),
        }
    }

    /// Changes title, rule, registration and settings; kind, name and practice never change.
    ///
    /// # Errors
    /// `Wrong` fields, also for another platform's address while people sign in through this one; `Conflict` when
    /// somebody changed it in between.
    pub async fn update_connector(&self, actor: &Actor, name: &str, change: ConnectorChange) -> Result<(), AdminError> {
        let row = self.find_connector(name).await?;
        if row.version != change.version {
            // A secret that is kept comes from `row`: it must be the row the form was made from.
            return Err(changed());
        }
        let kind = find_kind(&row.kind)?;
        let old: Map<String, Value> = serde_json::from_str(&row.settings).unwrap_or_default();
        let settings = self.settings_of(kind, &row.id, &change.fields, &old)?;
        let elsewhere = leads_elsewhere(kind, &old, &settings);
        if !elsewhere.is_empty() && self.store.connector_uses(&row.id).await?.people > 0 {
            return Err(AdminError::Wrong(elsewhere));
        }
        let title = clean_name(&change.title, 60);
        if title.is_empty() {
            return Err(AdminError::Wrong(vec![no_title()]));
        }
        let row = ConnectorRow {
            version: change.version,
            title,
            rule: change.rule,
            registration: change.registration,
            settings,
            ..row
        };
        self.save_connector(actor, row, "connector.update").await
    }

    /// Switches an instance on or off.
    ///
    /// # Errors
    /// `Conflict` for the last way in that is on.
    pub async fn set_connector_enabled(&self, actor: &Actor, name: &str, enabled: bool) -> Result<(), AdminError> {
        let row = self.find_connector(name).await?;
        let action = if enabled { "connector.enable" } else { "connector.disable" };
        self.save_connector(actor, ConnectorRow { enabled, ..row }, action).await
    }

    /// Moves an instance one place up or down on the sign-in page.
    ///
    /// # Errors
    /// `NotFound`, `Store`.
    pub async fn move_connector(&self, actor: &Actor, name: &str, up: bool) -> Result<(), AdminError> {
        let mut rows = self.store.connectors().await?.to_vec();
        let Some(from) = rows.iter().position(|row| row.name == name) else {
            return Err(AdminError::NotFound(format!("connector named {name}")));
        };
        let to = if up { from.checked_sub(1) } else { Some(from + 1).filter(|to| *to < rows.len()) };
        let Some(to) = to else { return Ok(()) };
        rows.swap(from, to);
        for (position, row) in (0_i64..).zip(rows) {
            if row.position != position {
                self.save_connector(actor, ConnectorRow { position, ..row }, "connector.move").await?;
            }
        }
        Ok(())
    }

    /// Removes an instance. People keep their accounts and lose this way in.
    ///
    /// # Errors
    /// `Conflict` for the password method and for the last way in that is on.
    pub async fn delete_connector(&self, actor: &Actor, name: &str) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let row = self.find_connector(name).await?;
        if row.kind == "password" {
            return Err(AdminError::conflict(
                "the password method stays; switch it off instead",
                "密码登录不能删除，可以把它关闭",
            ));
        }
        let entry = self.entry(actor, "connector.delete", &format!("connector:{name}"), &json!({ "kind": row.kind }));
        self.store
            .write(move |tx| {
                let (id, entry) = (row.id.clone(), entry.clone());
                Box::pin(async move {
                    tx.delete_connector(&id).await?;
                    tx.audit(&entry).await
                })
            })
            .await
            .map_err(|error| match error {
                Error::Conflict(LAST) => last_way_in(),
                other => AdminError::Store(other),
            })
    }

    /// The doctor's live checks of one instance, in `lang`.
    ///
    /// # Errors
    /// `NotFound`, `Store`; what is wrong over there is a finding.
    pub async fn check_connector(&self, actor: &Actor, name: &str, lang: Lang) -> Result<Vec<Finding>, AdminError> {
        self.permit(actor).await?;
        let row = self.find_connector(name).await?;
        Ok(self.login.check_connector(&row, lang).await?)
    }

    async fn save_connector(&self, actor: &Actor, mut row: ConnectorRow, action: &str) -> Result<(), AdminError> {
        self.permit(actor).await?;
        row.updated_at = self.clock.now();
        let seen = (row.id.clone(), row.version);
        let entry = self.entry(actor, action, &format!("connector:{}", row.name), &json!({}));
        let done = self
            .store
            .write(move |tx| {
                let (row, entry) = (row.clone(), entry.clone());
                Box::pin(async move {
                    let done = tx.update_connector(&row).await?;
                    if done {
                        tx.audit(&entry).await?;
                    }
                    Ok(done)
                })
            })
            .await?;
        if done {
            return Ok(());
        }
        // Which of the two it was: the row is as it was seen, or it is not.
        let rows = self.store.connectors().await?;
        let is_as_seen = rows.iter().any(|now| now.id == seen.0 && now.version == seen.1);
        Err(if is_as_seen { last_way_in() } else { changed() })
    }

    /// A free name made from `title`, or from the kind where the title has no ASCII letters.
    async fn free_name(&self, kind: &Kind, title: &str) -> Result<String, AdminError> {
        let slug = slug(title);
        let base = if is_name(&slug) { slug } else { kind.id.to_owned() };
        let rows = self.store.connectors().await?;
        let free = |name: &String| !rows.iter().any(|row| row.name == *name);
        let mut names = std::iter::once(base.clone()).chain((2_u32..).map(|n| format!("{base}-{n}")));
        Ok(names.find(free).unwrap_or(base))
    }
}

fn find_kind(id: &str) -> Result<&'static Kind, AdminError> {
    kind(id).ok_or_else(|| AdminError::NotFound(format!("kind of connector called {id}")))
}

fn wrong_fields(wrong: &[Wrong]) -> AdminError {
    AdminError::Wrong(wrong.iter().map(WrongField::from).collect())
}

/// The changed fields that say whose ids the people of an instance have.
fn leads_elsewhere(kind: &Kind, old: &Map<String, Value>, new: &str) -> Vec<WrongField> {
    let new: Map<String, Value> = serde_json::from_str(new).unwrap_or_default();
    let text = |from: &Map<String, Value>, key: &str| {
        from.get(key).and_then(Value::as_str).unwrap_or_default().trim().trim_end_matches('/').to_owned()
    };
    let changed = kind.identified_by.iter().filter(|key| text(old, key) != text(&new, key));
    changed.map(|key| WrongField::new(key, ELSEWHERE.0, ELSEWHERE.1)).collect()
}

/// Why the address of a platform stays.
const ELSEWHERE: (&str, &str) = (
    "names another platform, whose ids would be taken for the people who sign in through this one; add a connector for \
     it instead",
    "指向了另一个平台，那里的用户标识会被误认为现有用户。请为新平台另建一个连接器",
);

fn no_title() -> WrongField {
    WrongField::new("title", "must say what people read on the button", "请填写按钮上显示的文字")
}

pub(super) fn no_name() -> WrongField {
    let text = "must be 1 to 40 lower-case letters, digits and hyphens, beginning with a letter";
    WrongField::new("name", text, "须为 1 到 40 个小写字母、数字或短横线，并以字母开头")
}

pub(super) fn name_is_taken() -> AdminError {
    AdminError::wrong("name", "is taken; choose another", "已被使用，请换一个")
}

pub(super) fn practice_is_off() -> AdminError {
    AdminError::conflict("practice platforms are off (practice.enabled)", "练习平台未启用（practice.enabled）")
}

fn last_way_in() -> AdminError {
    AdminError::conflict("this is the last way in; switch on another one first", "这是最后一种登录方式，请先开启另一种")
}

fn changed() -> AdminError {
    AdminError::conflict("somebody changed this connector in between", "其他人刚刚修改了这个连接器")
}

fn slug(title: &str) -> String {
    let lower = title.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").chars().take(36).collect::<String>().trim_matches('-').to_owned()
}

pub(super) fn is_name(name: &str) -> bool {
    name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
