//! `hufu config show|check`.

use clap::Subcommand;

use super::{Context, Failure, Outcome};
use crate::config::{Config, KEYS};

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Every key, what is in force and where it was set; secrets masked
    #[command(after_help = "Example: hufu config show --json")]
    Show,
    /// Name every mistake at once; exit code 1 if there is one
    #[command(after_help = "Example: hufu --config /etc/hufu.toml config check")]
    Check,
}

impl ConfigCommand {
    pub(super) fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Show => show(context),
            Self::Check => {
                Config::read(&context.sources).map_err(Failure::Configuration)?;
                context.output.say("The configuration is right.", &serde_json::json!({ "mistakes": [] }));
                Ok(())
            }
        }
    }
}

fn show(context: &Context) -> Outcome {
    let (found, _) = context.sources.lay().map_err(Failure::Configuration)?;
    let mut rows = Vec::new();
    let mut values = Vec::new();
    for key in KEYS {
        let (value, origin) = match found.get(key.name) {
            Some(_) if key.secret => ("***".to_owned(), found[key.name].origin.clone()),
            Some(value) => (value.text(), value.origin.clone()),
            None => (key.default.to_owned(), "default".to_owned()),
        };
        rows.push(vec![key.name.to_owned(), value.clone(), origin.clone(), key.help.to_owned()]);
        values.push(serde_json::json!({
            "key": key.name, "value": value, "origin": origin, "variable": key.variable(), "help": key.help,
        }));
    }
    context.output.table(&["KEY", "VALUE", "FROM", "WHAT"], &rows, &values);
    Ok(())
}
