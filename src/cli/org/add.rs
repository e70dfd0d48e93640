//! `hufu org add`: an organisation, with the connector of its platform where that is wanted.

use clap::Args;
use serde_json::{Value, json};

use super::value;
use crate::admin::Actor;
use crate::app::App;
use crate::cli::connector::fields_of;
use crate::cli::{Context, Failure, Outcome};

#[derive(Debug, Args)]
pub(in crate::cli) struct Add {
    #[arg(long)]
    name: String,
    /// The name of the connector whose platform it is (a `DingTalk` or `WeCom` corp); with --field, the kind of a new one
    #[arg(long)]
    connector: Option<String>,
    /// For practice people; one with a practice connector is so by itself
    #[arg(long, conflicts_with_all = ["connector", "fields"])]
    practice: bool,
    /// Makes the connector too, from these and from secret fields on standard input, one line each, in the order of
    /// `hufu connector kinds`
    #[arg(long = "field", value_name = "KEY=VALUE")]
    fields: Vec<String>,
}

impl Add {
    pub(super) async fn run(self, context: &Context, app: &App) -> Outcome {
        let (admin, actor) = (&app.admin, Actor::command_line());
        if self.fields.is_empty() {
            let org = if self.practice {
                admin.create_practice_org(&actor, &self.name).await?
            } else {
                admin.create_org(&actor, &self.name, self.connector.as_deref()).await?
            };
            context.output.say(&format!("Made. Its id in tokens: {}", org.id), &value(&org));
            return Ok(());
        }
        let Some(kind) = &self.connector else {
            return Err(Failure::Said("--field needs --connector with the kind: dingtalk, wecom ...".to_owned()));
        };
        let fields = fields_of(kind, &self.fields)?;
        let (org, row) = admin.create_company(&actor, &self.name, kind, &fields).await?;
        let callback = format!("{}/callback/{}", app.config.issuer.trim_end_matches('/'), row.name);
        let text = format!(
            "Made, with the connector {}. Its id in tokens: {}\nCallback URL for the platform: {callback}",
            row.name, org.id
        );
        let mut told = value(&org);
        if let Value::Object(members) = &mut told {
            members.insert("connector_name".to_owned(), json!(row.name));
            members.insert("callback_url".to_owned(), json!(callback));
        }
        context.output.say(&text, &told);
        Ok(())
    }
}
