//! `hufu sender …`: providers of short messages.

use clap::Subcommand;
use serde_json::json;

use super::connector::{fields_from, line_from_input, pair};
use super::{Context, Failure, Outcome};
use crate::admin::senders::Tested;
use crate::admin::{Actor, Admin};
use crate::base::lang::Lang;
use crate::connectors::Input;
use crate::connectors::senders::{kind, kinds};
use crate::store::senders::SenderRow;

#[derive(Debug, Subcommand)]
pub(super) enum Sender {
    /// The kinds there are and their fields
    #[command(after_help = "Example: hufu sender kinds --json")]
    Kinds,
    /// List senders, first asked first
    #[command(after_help = "Example: hufu sender list")]
    List,
    /// Add one; secret fields are read from standard input, one line each, in the order of `kinds`
    #[command(
        after_help = "Example: printf 'the-secret' | hufu sender add aliyun main --field access_key_id=LTAI… --field sign_name=… --field template_code=SMS_…"
    )]
    Add {
        kind: String,
        /// Immutable; connectors name their senders by it
        name: String,
        #[arg(long = "field", value_name = "KEY=VALUE")]
        fields: Vec<String>,
    },
    /// Change one; what is not given stays
    #[command(
        after_help = "Example: hufu sender set main --field template_code=SMS_2           printf 'new' | hufu sender set main --secret access_key_secret"
    )]
    Set {
        name: String,
        #[arg(long = "field", value_name = "KEY=VALUE")]
        fields: Vec<String>,
        /// A field whose new value is read from standard input, one line each; repeat it
        #[arg(long = "secret", value_name = "KEY")]
        secrets: Vec<String>,
    },
    /// Add the practice provider of a kind
    #[command(after_help = "Example: hufu sender practice aliyun")]
    Practice { kind: String },
    /// Switch one on
    #[command(after_help = "Example: hufu sender enable main")]
    Enable { name: String },
    /// Switch one off: it is never asked
    #[command(after_help = "Example: hufu sender disable main")]
    Disable { name: String },
    /// Ask one earlier
    #[command(after_help = "Example: hufu sender up spare")]
    Up { name: String },
    /// Ask one later
    #[command(after_help = "Example: hufu sender down main")]
    Down { name: String },
    /// Remove one
    #[command(after_help = "Example: hufu sender delete main")]
    Delete { name: String },
    /// Send a message with a code that opens nothing
    #[command(after_help = "Example: hufu sender test main +8613800000000")]
    Test { name: String, number: String },
}

impl Sender {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        if let Self::Kinds = self {
            list_kinds(context);
            return Ok(());
        }
        let app = context.app().await?;
        let (admin, actor) = (&app.admin, Actor::command_line());
        match self {
            Self::Kinds => {}
            Self::List => list(context, admin).await?,
            Self::Add { kind: id, name, fields } => {
                let Some(kind) = kind(&id) else {
                    return Err(Failure::Said(format!("there is no kind {id}; `hufu sender kinds` lists them")));
                };
                let fields = fields_from(kind.fields, &fields)?;
                said(context, "Added.", &admin.add_sender(&actor, &id, &name, &fields).await?);
            }
            Self::Set { name, fields, secrets } => {
                let mut all = fields.iter().map(|text| pair(text)).collect::<Result<Vec<_>, Failure>>()?;
                for key in secrets {
                    all.push((key, line_from_input()?));
                }
                said(context, "Saved.", &admin.update_sender(&actor, &name, &all).await?);
            }
            Self::Practice { kind } => said(context, "Added.", &admin.add_practice_sender(&actor, &kind).await?),
            Self::Enable { name } => said(context, "It is on.", &admin.set_sender_enabled(&actor, &name, true).await?),
            Self::Disable { name } => {
                said(context, "It is off.", &admin.set_sender_enabled(&actor, &name, false).await?);
            }
            Self::Up { name } => {
                admin.move_sender(&actor, &name, true).await?;
                list(context, admin).await?;
            }
            Self::Down { name } => {
                admin.move_sender(&actor, &name, false).await?;
                list(context, admin).await?;
            }
            Self::Delete { name } => {
                admin.delete_sender(&actor, &name).await?;
                context.output.say("It is gone.", &json!({ "deleted": name }));
            }
            Self::Test { name, number } => {
                return tested(context, &admin.test_sender(&actor, &name, &number, Lang::En).await?);
            }
        }
        Ok(())
    }
}

/// The provider's word: its id of the message, or its code and what to do about it.
fn tested(context: &Context, tested: &Tested) -> Outcome {
    match (&tested.attempt.outcome, &tested.advice) {
        (Ok(receipt), _) => {
            let text = format!(
                "Taken by the provider (message {}). Whether it arrives, only the phone tells.",
                receipt.message_id
            );
            context.output.say(&text, &json!({ "taken": true, "message_id": receipt.message_id }));
            Ok(())
        }
        (Err(trouble), advice) => {
            let advice = advice.map(|text| text.en).unwrap_or_default();
            Err(Failure::Said(format!("not taken: {} ({}). {advice}", trouble.code, trouble.why.word())))
        }
    }
}

fn list_kinds(context: &Context) {
    let mut rows = Vec::new();
    let mut values = Vec::new();
    for kind in kinds() {
        let keys: Vec<_> = kind.fields.iter().map(|field| field.key).collect();
        rows.push(vec![kind.id.to_owned(), kind.name.en.to_owned(), keys.join(" ")]);
        let fields: Vec<_> = kind
            .fields
            .iter()
            .map(|f| json!({ "key": f.key, "label": f.label.en, "required": f.required, "default": f.default, "secret": matches!(f.input, Input::Secret) }))
            .collect();
        values.push(json!({ "kind": kind.id, "name": kind.name.en, "fields": fields }));
    }
    context.output.table(&["KIND", "NAME", "FIELDS"], &rows, &values);
}

async fn list(context: &Context, admin: &Admin) -> Outcome {
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    for row in admin.senders().await? {
        let standing = admin.sender_standing(&row).await?;
        let state = if row.enabled { "on" } else { "off" };
        let practice = if row.practice { "practice" } else { "" };
        let mut value = value(&row);
        value["codes"] = json!({ "taken": standing.taken, "typed": standing.typed, "failed": standing.failed });
        let warning = standing.warning(&row).map(|words| words.to_string());
        if let Some(warning) = &warning {
            value["warning"] = json!(warning);
        }
        let typed = format!("{} of {}", standing.typed, standing.taken);
        rows.push(vec![row.name, row.kind, state.to_owned(), practice.to_owned(), typed, warning.unwrap_or_default()]);
        values.push(value);
    }
    context.output.table(&["NAME", "KIND", "STATE", "", "TYPED", ""], &rows, &values);
    Ok(())
}

fn said(context: &Context, text: &str, row: &SenderRow) {
    context.output.say(text, &value(row));
}

fn value(row: &SenderRow) -> serde_json::Value {
    json!({ "name": row.name, "kind": row.kind, "enabled": row.enabled, "practice": row.practice })
}
