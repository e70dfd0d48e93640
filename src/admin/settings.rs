//! The installation's own settings: what passwords must be, registration, how long tokens live.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Actor, Admin, AdminError, WrongField, refused};
use crate::base::clock::Seconds;
use crate::login::otp::PhoneLimits;
use crate::login::password::{LONGEST_INPUT, Rules};
use crate::oidc::Lives;
use crate::oidc::keys::LONGEST_LIFE;
use crate::store::Error;
use crate::store::audit::AuditEntry;
use crate::store::settings::Standing;

/// The fewest characters that may be asked for: less is no password.
const FEWEST: usize = 4;

/// The longest a sign-in may be carried on by refresh tokens.
const LONGEST_FAMILY: Seconds = 2 * 366 * 86_400;

/// The longest wait for an honest retry (security.md row 105).
const LONGEST_GRACE: Seconds = 60;

/// More codes in a day than anybody pays for by intention.
const MOST_CODES: i64 = 10_000_000;

/// What is set, defaults where nothing is stored.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Settings {
    /// What a new password must be.
    pub password_rules: Rules,
    /// Whether people may make an account with a password.
    pub registration: bool,
    /// How long things live, as the next start reads it.
    pub lives: Lives,
    /// How many codes are sent to phones.
    pub phone_limits: PhoneLimits,
    /// What a change of each names.
    #[serde(skip)]
    pub versions: Versions,
}

/// The version each setting was read at; 0 where it never was set.
#[derive(Clone, Copy, Debug)]
pub struct Versions {
    /// Of `password_rules`.
    pub password_rules: i64,
    /// Of `registration`.
    pub registration: i64,
    /// Of `lives`.
    pub lives: i64,
    /// Of `phone_limits`.
    pub phone_limits: i64,
}

/// A switch that is on until somebody turns it off.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct On(bool);

impl Default for On {
    fn default() -> Self {
        Self(true)
    }
}

impl Admin {
    /// What is set, read now, with the versions that changes name.
    ///
    /// # Errors
    /// `Store`; `Corrupt` for what can't be read.
    pub async fn settings(&self) -> Result<Settings, AdminError> {
        let (password_rules, rules_version) = self.standing("password_rules").await?;
        let (registration, registration_version) = self.standing::<On>("registration").await?;
        let (lives, lives_version) = self.standing("lives").await?;
        let (phone_limits, limits_version) = self.standing("phone_limits").await?;
        Ok(Settings {
            password_rules,
            registration: registration.0,
            lives,
            phone_limits,
            versions: Versions {
                password_rules: rules_version,
                registration: registration_version,
                lives: lives_version,
                phone_limits: limits_version,
            },
        })
    }

    /// Sets what a new password must be; passwords that stand keep working.
    ///
    /// # Errors
    /// `Wrong` fields; `Conflict` when somebody changed it since `version`; `Forbidden`, `Store`.
    pub async fn set_password_rules(&self, actor: &Actor, rules: &Rules, version: i64) -> Result<(), AdminError> {
        let mut wrong = Vec::new();
        if rules.shortest < FEWEST {
            let least = FEWEST.to_string();
            wrong.push(WrongField::with("shortest", "must be at least {} characters", "至少为 {} 个字符", &[least]));
        }
        if rules.longest > LONGEST_INPUT {
            let most = LONGEST_INPUT.to_string();
            wrong.push(WrongField::with("longest", "must be at most {} characters", "最多为 {} 个字符", &[most]));
        }
        if rules.shortest > rules.longest {
            let longest = rules.longest.to_string();
            wrong.push(WrongField::with("shortest", "must not be over longest, {}", "不能大于最大长度 {}", &[longest]));
        }
        refused(wrong)?;
        self.put_setting(actor, ("password_rules", version), &serde_json::json!(rules)).await
    }

    /// Lets people make accounts with a password, or nobody, whatever the connector says.
    ///
    /// # Errors
    /// `Conflict` when somebody changed it since `version`; `Forbidden`, `Store`.
    pub async fn set_registration(&self, actor: &Actor, on: bool, version: i64) -> Result<(), AdminError> {
        self.put_setting(actor, ("registration", version), &Value::Bool(on)).await
    }

    /// Sets how many codes are sent to phones, at once and on every node.
    ///
    /// # Errors
    /// `Wrong` fields; `Conflict` when somebody changed it since `version`; `Forbidden`, `Store`.
    pub async fn set_phone_limits(&self, actor: &Actor, limits: &PhoneLimits, version: i64) -> Result<(), AdminError> {
        let fields = serde_json::json!(limits);
        let numbers = fields.as_object().into_iter().flatten();
        let odd =
            numbers.filter(|(_, number)| number.as_i64().is_none_or(|number| !(0..=MOST_CODES).contains(&number)));
        refused(
            odd.map(|(name, _)| {
                WrongField::with(
                    name,
                    "must be 0 to {}; 0 sends none",
                    "须为 0 到 {}；0 表示不发送",
                    &[MOST_CODES.to_string()],
                )
            })
            .collect(),
        )?;
        self.put_setting(actor, ("phone_limits", version), &fields).await
    }

    /// Sets how long things live, from the next start on.
    ///
    /// # Errors
    /// `Wrong` fields; `Conflict` when somebody changed it since `version`; `Forbidden`, `Store`.
    pub async fn set_lives(&self, actor: &Actor, lives: &Lives, version: i64) -> Result<(), AdminError> {
        let bounds = [
            // FAPI 2.0 §5.3.2.1.
            ("code", lives.code, 5, 60),
            // A key is published for a day after its last signature.
            ("access_token", lives.access_token, 60, LONGEST_LIFE),
            ("id_token", lives.id_token, 60, LONGEST_LIFE),
            ("refresh_token", lives.refresh_token, 300, LONGEST_FAMILY),
            ("refresh_family", lives.refresh_family, 300, LONGEST_FAMILY),
            ("refresh_grace", lives.refresh_grace, 0, LONGEST_GRACE),
        ];
        let mut wrong: Vec<_> = bounds
            .into_iter()
            .filter(|(_, life, least, most)| !(least..=most).contains(&life))
            .map(|(field, _, least, most)| {
                let values = [least.to_string(), most.to_string()];
                WrongField::with(field, "must be {} to {} seconds", "须为 {} 到 {} 秒", &values)
            })
            .collect();
        if lives.refresh_token > lives.refresh_family {
            let text = "must not be over refresh_family";
            wrong.push(WrongField::new("refresh_token", text, "不能大于 refresh_family"));
        }
        refused(wrong)?;
        self.put_setting(actor, ("lives", version), &serde_json::json!(lives)).await
    }

    async fn put_setting(
        &self,
        actor: &Actor,
        (name, version): (&'static str, i64),
        value: &Value,
    ) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let detail = serde_json::json!({ "value": value });
        let entry = self.entry(actor, "setting.update", &format!("setting:{name}"), &detail);
        self.swap_setting((name, version), value.to_string(), entry).await
    }

    /// Writes a setting over the version it was read at, with its audit row.
    pub(super) async fn swap_setting(
        &self,
        (name, version): (&'static str, i64),
        value: String,
        entry: AuditEntry,
    ) -> Result<(), AdminError> {
        let swapped = self.store.write(move |tx| {
            let (value, entry) = (value.clone(), entry.clone());
            Box::pin(async move {
                let swapped = tx.swap_setting(name, &value, version).await?;
                if swapped {
                    tx.audit(&entry).await?;
                }
                Ok(swapped)
            })
        });
        if swapped.await? {
            return Ok(());
        }
        Err(AdminError::conflict("somebody changed this setting in between", "其他人刚刚修改了这项设置"))
    }

    async fn standing<T: DeserializeOwned + Default>(&self, name: &str) -> Result<(T, i64), AdminError> {
        let Standing { value, version } = self.store.standing_setting(name).await?;
        let Some(text) = value else { return Ok((T::default(), version)) };
        let read = serde_json::from_str(&text);
        let read = read.map_err(|error| Error::Corrupt(format!("the setting {name}: {error}")))?;
        Ok((read, version))
    }
}
