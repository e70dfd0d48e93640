//! `hufu connector edit` and `move`.

use clap::{Args, ValueEnum};

use super::{Context, Failure, Outcome, list, pair, value};
use crate::admin::connectors::ConnectorChange;
use crate::admin::{Actor, Admin};
use crate::store::connectors::FirstSignIn;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rule {
    /// A person is made
    Create,
    /// Two doors: new here, or an account already
    Ask,
    /// Ask for a phone number with its code
    BindPhone,
    /// Refused: only people who are linked already
    Invited,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum Direction {
    Up,
    Down,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Edit {
    name: String,
    /// What people read on the button
    #[arg(long)]
    title: Option<String>,
    /// What becomes of somebody who signs in for the first time
    #[arg(long, value_enum)]
    rule: Option<Rule>,
    /// Whether people unknown so far may come in through it
    #[arg(long)]
    registration: Option<bool>,
    /// A field of its kind; repeat it
    #[arg(long = "field", value_name = "KEY=VALUE")]
    fields: Vec<String>,
    /// A field whose new value is read from standard input, one line each; repeat it
    #[arg(long = "secret", value_name = "KEY")]
    secrets: Vec<String>,
}

impl Edit {
    pub(super) async fn run(self, context: &Context, admin: &Admin, issuer: &str) -> Outcome {
        let row = admin.find_connector(&self.name).await?;
        let mut fields = self.fields.iter().map(|text| pair(text)).collect::<Result<Vec<_>, Failure>>()?;
        for key in self.secrets {
            fields.push((key, super::line_from_input()?));
        }
        let change = ConnectorChange {
            title: self.title.unwrap_or(row.title),
            rule: match self.rule {
                None => row.rule,
                Some(Rule::Create) => FirstSignIn::Create,
                Some(Rule::Ask) => FirstSignIn::Ask,
                Some(Rule::BindPhone) => FirstSignIn::BindPhone,
                Some(Rule::Invited) => FirstSignIn::Invited,
            },
            registration: self.registration.unwrap_or(row.registration),
            fields,
            version: row.version,
        };
        admin.update_connector(&Actor::command_line(), &self.name, change).await?;
        context.output.say("Saved.", &value(issuer, &admin.find_connector(&self.name).await?));
        Ok(())
    }
}

/// Moves one and shows the order that stands then.
pub(super) async fn shift(context: &Context, app: &crate::app::App, name: &str, to: Direction) -> Outcome {
    app.admin.move_connector(&Actor::command_line(), name, matches!(to, Direction::Up)).await?;
    list(context, &app.config.issuer, &app.store.connectors().await?);
    Ok(())
}
