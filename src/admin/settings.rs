//! The installation's own settings: what passwords must be, registration, how long tokens live.

use serde_json::Value;

use super::{Actor, Admin, AdminError};
use crate::base::clock::Seconds;
use crate::login::otp::PhoneLimits;
use crate::login::password::{LONGEST_INPUT, Rules};
use crate::oidc::Lives;
use crate::oidc::keys::LONGEST_LIFE;

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
}

impl Admin {
    /// What is set.
    ///
    /// # Errors
    /// `Store`, `Corrupt` for lives that can't be read.
    pub async fn settings(&self) -> Result<Settings, AdminError> {
        let lives = match self.store.setting("lives").await? {
            None => Lives::default(),
            Some(text) => serde_json::from_str(&text)
                .map_err(|error| crate::store::Error::Corrupt(format!("the setting lives: {error}")))?,
        };
        Ok(Settings {
            password_rules: self.login.password_rules().await?,
            // As `login` reads it.
            registration: self.store.setting("registration").await?.is_none_or(|value| value.trim() != "false"),
            lives,
            phone_limits: self.login.code_limits().await?,
        })
    }

    /// Sets what a new password must be; passwords that stand keep working.
    ///
    /// # Errors
    /// `Wrong` fields, `Forbidden`, `Store`.
    pub async fn set_password_rules(&self, actor: &Actor, rules: &Rules) -> Result<(), AdminError> {
        let mut wrong = Vec::new();
        let mut refuse = |field: &str, text: String| wrong.push((field.to_owned(), text));
        if rules.shortest < FEWEST {
            refuse("shortest", format!("must be at least {FEWEST} characters"));
        }
        if rules.longest > LONGEST_INPUT {
            refuse("longest", format!("must be at most {LONGEST_INPUT} characters"));
        }
        if rules.shortest > rules.longest {
            refuse("shortest", format!("must not be over longest, {}", rules.longest));
        }
        refused(wrong)?;
        self.put_setting(actor, "password_rules", &serde_json::json!(rules)).await
    }

    /// Lets people make accounts with a password, or nobody, whatever the connector says.
    ///
    /// # Errors
    /// `Forbidden`, `Store`.
    pub async fn set_registration(&self, actor: &Actor, on: bool) -> Result<(), AdminError> {
        self.put_setting(actor, "registration", &Value::Bool(on)).await
    }

    /// Sets how many codes are sent to phones, at once and on every node.
    ///
    /// # Errors
    /// `Wrong` fields, `Forbidden`, `Store`.
    pub async fn set_phone_limits(&self, actor: &Actor, limits: &PhoneLimits) -> Result<(), AdminError> {
        let fields = serde_json::json!(limits);
        let numbers = fields.as_object().into_iter().flatten();
        let odd =
            numbers.filter(|(_, number)| number.as_i64().is_none_or(|number| !(0..=MOST_CODES).contains(&number)));
        refused(odd.map(|(name, _)| (name.clone(), format!("must be 0 to {MOST_CODES}; 0 sends none"))).collect())?;
        self.put_setting(actor, "phone_limits", &fields).await
    }

    /// Sets how long things live, from the next start on.
    ///
    /// # Errors
    /// `Wrong` fields, `Forbidden`, `Store`.
    pub async fn set_lives(&self, actor: &Actor, lives: &Lives) -> Result<(), AdminError> {
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
            .map(|(field, _, least, most)| (field.to_owned(), format!("must be {least} to {most} seconds")))
            .collect();
        if lives.refresh_token > lives.refresh_family {
            wrong.push(("refresh_token".to_owned(), "must not be over refresh_family".to_owned()));
        }
        refused(wrong)?;
        self.put_setting(actor, "lives", &serde_json::json!(lives)).await
    }

    async fn put_setting(&self, actor: &Actor, name: &'static str, value: &Value) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let detail = serde_json::json!({ "value": value });
        let entry = self.entry(actor, "setting.update", &format!("setting:{name}"), &detail);
        let text = value.to_string();
        self.store
            .write(move |tx| {
                let (text, entry) = (text.clone(), entry.clone());
                Box::pin(async move {
                    tx.put_setting(name, &text).await?;
                    tx.audit(&entry).await
                })
            })
            .await?;
        Ok(())
    }
}

fn refused(wrong: Vec<(String, String)>) -> Result<(), AdminError> {
    if wrong.is_empty() { Ok(()) } else { Err(AdminError::Wrong(wrong)) }
}
