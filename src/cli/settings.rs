//! `hufu settings …`: what holds for the whole installation and is changed while it runs.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{Context, Outcome};
use crate::admin::{Actor, Admin, AdminError};
use crate::base::clock::Seconds;
use crate::login::otp::PhoneLimits;
use crate::login::password::Rules;
use crate::oidc::Lives;

#[derive(Debug, Subcommand)]
pub(super) enum Settings {
    /// What is set
    #[command(after_help = "Example: hufu settings show --json")]
    Show,
    /// What a new password must be; passwords that stand keep working
    #[command(
        after_help = "Example: hufu settings password --preset nist            hufu settings password --shortest 12 --special true"
    )]
    Password(PasswordRules),
    /// Let people make accounts with a password, or nobody
    #[command(after_help = "Example: hufu settings registration off")]
    Registration { state: Switch },
    /// How long tokens live, in seconds; takes effect at the next start
    #[command(after_help = "Example: hufu settings lives --access-token 300 --refresh-token 1209600")]
    Lives(TokenLives),
    /// How many codes are sent to phones; takes effect at once
    #[command(after_help = "Example: hufu settings phone-limits --number-day 5 --day 20000")]
    PhoneLimits(CodeLimits),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(super) struct CodeLimits {
    /// To one number in an hour
    #[arg(long)]
    number_hour: Option<i64>,
    /// To one number in a day
    #[arg(long)]
    number_day: Option<i64>,
    /// For one network address in an hour
    #[arg(long)]
    address_hour: Option<i64>,
    /// For one network (/24, /48) in a day
    #[arg(long)]
    network_day: Option<i64>,
    /// Unused codes to numbers that differ in their last four digits only, in a quarter of an hour
    #[arg(long)]
    unused_prefix: Option<i64>,
    /// To one country in a day
    #[arg(long)]
    country_day: Option<i64>,
    /// In all in a day
    #[arg(long)]
    day: Option<i64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Preset {
    /// 8 to 32 characters with a digit and a letter
    Default,
    /// NIST SP 800-63B-4: 15 to 64 characters, no classes
    Nist,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(super) struct PasswordRules {
    /// Begin from these; the other flags change them
    #[arg(long, value_enum)]
    preset: Option<Preset>,
    /// The fewest characters
    #[arg(long)]
    shortest: Option<usize>,
    /// The most characters, up to 256
    #[arg(long)]
    longest: Option<usize>,
    /// At least one digit
    #[arg(long)]
    digits: Option<bool>,
    /// At least one letter
    #[arg(long)]
    letters: Option<bool>,
    /// At least one lower-case letter
    #[arg(long)]
    lower_case: Option<bool>,
    /// At least one upper-case letter
    #[arg(long)]
    upper_case: Option<bool>,
    /// At least one character that is neither letter nor digit
    #[arg(long)]
    special: Option<bool>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(super) struct TokenLives {
    /// An authorization code, at most 60
    #[arg(long)]
    code: Option<Seconds>,
    /// An access token
    #[arg(long)]
    access_token: Option<Seconds>,
    /// An ID token
    #[arg(long)]
    id_token: Option<Seconds>,
    /// A refresh token that is not used
    #[arg(long)]
    refresh_token: Option<Seconds>,
    /// A chain of refresh tokens, used or not
    #[arg(long)]
    refresh_family: Option<Seconds>,
    /// In which a lost answer to a refresh is repeated
    #[arg(long)]
    refresh_grace: Option<Seconds>,
}

/// How often a change is made again over what somebody else just set.
const AGAIN: usize = 20;

impl Settings {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.app().await?;
        if matches!(self, Self::Show) {
            let standing = app.admin.settings().await?;
            context.output.say(&serde_json::to_string_pretty(&standing).unwrap_or_default(), &standing);
            return Ok(());
        }
        let mut tries = 0;
        let (text, value) = loop {
            tries += 1;
            match self.change(&app.admin).await {
                // What is not given comes from what stands: read again, nothing of the other change is lost.
                Err(AdminError::Conflict(_)) if tries < AGAIN => {}
                made => break made?,
            }
        };
        context.output.say(&text, &value);
        Ok(())
    }

    /// Changes what was given over what stands now; the sentence and the value for it.
    async fn change(&self, admin: &Admin) -> Result<(String, Value), AdminError> {
        let (actor, standing) = (Actor::command_line(), admin.settings().await?);
        let versions = standing.versions;
        Ok(match self {
            Self::Show => (String::new(), Value::Null),
            Self::Password(given) => {
                let rules = given.over(standing.password_rules);
                admin.set_password_rules(&actor, &rules, versions.password_rules).await?;
                (sentence(&rules), json!({ "password_rules": rules }))
            }
            Self::Registration { state } => {
                let on = matches!(state, Switch::On);
                admin.set_registration(&actor, on, versions.registration).await?;
                let text = if on {
                    "People may make accounts with a password, where the password method lets them."
                } else {
                    "Nobody makes an account with a password."
                };
                (text.to_owned(), json!({ "registration": on }))
            }
            Self::PhoneLimits(given) => {
                let limits = given.over(standing.phone_limits);
                admin.set_phone_limits(&actor, &limits, versions.phone_limits).await?;
                ("Saved. It holds from now on.".to_owned(), json!({ "phone_limits": limits }))
            }
            Self::Lives(given) => {
                let lives = given.over(standing.lives);
                admin.set_lives(&actor, &lives, versions.lives).await?;
                let text = "Saved. It takes effect at the next start of every node.".to_owned();
                (text, json!({ "lives": lives, "takes_effect": "at the next start" }))
            }
        })
    }
}

impl PasswordRules {
    fn over(&self, standing: Rules) -> Rules {
        let base = match self.preset {
            None => standing,
            Some(Preset::Default) => Rules::default(),
            Some(Preset::Nist) => Rules::nist(),
        };
        Rules {
            shortest: self.shortest.unwrap_or(base.shortest),
            longest: self.longest.unwrap_or(base.longest),
            digits: self.digits.unwrap_or(base.digits),
            letters: self.letters.unwrap_or(base.letters),
            lower_case: self.lower_case.unwrap_or(base.lower_case),
            upper_case: self.upper_case.unwrap_or(base.upper_case),
            special: self.special.unwrap_or(base.special),
        }
    }
}

impl TokenLives {
    fn over(&self, standing: Lives) -> Lives {
        Lives {
            code: self.code.unwrap_or(standing.code),
            access_token: self.access_token.unwrap_or(standing.access_token),
            id_token: self.id_token.unwrap_or(standing.id_token),
            refresh_token: self.refresh_token.unwrap_or(standing.refresh_token),
            refresh_family: self.refresh_family.unwrap_or(standing.refresh_family),
            refresh_grace: self.refresh_grace.unwrap_or(standing.refresh_grace),
        }
    }
}

impl CodeLimits {
    fn over(&self, standing: PhoneLimits) -> PhoneLimits {
        PhoneLimits {
            number_hour: self.number_hour.unwrap_or(standing.number_hour),
            number_day: self.number_day.unwrap_or(standing.number_day),
            address_hour: self.address_hour.unwrap_or(standing.address_hour),
            network_day: self.network_day.unwrap_or(standing.network_day),
            unused_prefix: self.unused_prefix.unwrap_or(standing.unused_prefix),
            country_day: self.country_day.unwrap_or(standing.country_day),
            day: self.day.unwrap_or(standing.day),
        }
    }
}

fn sentence(rules: &Rules) -> String {
    let classes: Vec<&str> = [
        (rules.digits, "a digit"),
        (rules.letters, "a letter"),
        (rules.lower_case, "a lower-case letter"),
        (rules.upper_case, "an upper-case letter"),
        (rules.special, "a special character"),
    ]
    .into_iter()
    .filter_map(|(wanted, name)| wanted.then_some(name))
    .collect();
    let with = if classes.is_empty() { String::new() } else { format!(", with {}", classes.join(", ")) };
    format!("A new password has {} to {} characters{with}.", rules.shortest, rules.longest)
}
