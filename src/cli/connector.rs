//! `hufu connector …`: sign-in methods.

mod edit;

use clap::Subcommand;
use serde_json::json;

use super::{Context, Failure, Outcome};
use crate::admin::Actor;
use crate::base::lang::Lang;
use crate::connectors::moving::Moving;
use crate::connectors::{Field, Finding, Input, Level};
use crate::store::connectors::ConnectorRow;

#[derive(Debug, Subcommand)]
pub(super) enum Connector {
    /// The kinds there are and their fields
    #[command(after_help = "Example: hufu connector kinds --json")]
    Kinds,
    /// List sign-in methods in their order
    #[command(after_help = "Example: hufu connector list")]
    List,
    /// Add one; secret fields are read from standard input, one line each, in the order of `kinds`
    #[command(
        after_help = "Example: printf 'the-secret' | hufu connector add github --title GitHub --field client_id=Ov23li…"
    )]
    Add {
        kind: String,
        #[arg(long)]
        title: String,
        /// Immutable; its callback is /callback/{name} [default: made from the title]
        #[arg(long)]
        name: Option<String>,
        #[arg(long = "field", value_name = "KEY=VALUE")]
        fields: Vec<String>,
    },
    /// Change one; what is not given stays. Kind and name never change
    #[command(
        after_help = "Example: hufu connector edit github --rule ask --field organisations=acme            printf 'new' | hufu connector edit github --secret client_secret"
    )]
    Edit(edit::Edit),
    /// Move one a place up or down on the sign-in page
    #[command(after_help = "Example: hufu connector move github up")]
    Move {
        name: String,
        #[arg(value_enum)]
        to: edit::Direction,
    },
    /// Add the practice platform of a kind
    #[command(after_help = "Example: hufu connector practice github")]
    Practice { kind: String },
    /// Switch one on
    #[command(after_help = "Example: hufu connector enable github")]
    Enable { name: String },
    /// Switch one off: no new sign-in through it
    #[command(after_help = "Example: hufu connector disable github")]
    Disable { name: String },
    /// Remove one
    #[command(after_help = "Example: hufu connector delete github")]
    Delete { name: String },
    /// Follow people whom WeChat moved to the account of this connector: their openids change.
    /// WeChat converts them for fifteen days after the migration
    #[command(after_help = "Example: hufu connector migrate wechat --from gh_0123456789ab --appid wx0123456789abcdef")]
    Migrate {
        name: String,
        /// The old account's original id
        #[arg(long)]
        from: String,
        /// The old account's `AppID`
        #[arg(long)]
        appid: String,
    },
    /// The doctor's live checks of one
    #[command(after_help = "Example: hufu connector check github")]
    Check { name: String },
}

impl Connector {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        if let Self::Kinds = self {
            kinds(context);
            return Ok(());
        }
        let app = context.app().await?;
        let (admin, actor, output) = (&app.admin, Actor::command_line(), context.output);
        match self {
            Self::Kinds => {}
            Self::List => list(context, &app.config.issuer, &app.store.connectors().await?),
            Self::Add { kind, title, name, fields } => {
                let fields = fields_of(&kind, &fields)?;
                let row = admin.add_connector(&actor, &kind, &title, name.as_deref(), &fields).await?;
                let text = format!("Added. Callback URL: {}/callback/{}", app.config.issuer, row.name);
                output.say(&text, &value(&app.config.issuer, &row));
            }
            Self::Edit(edit) => edit.run(context, admin, &app.config.issuer).await?,
            Self::Move { name, to } => edit::shift(context, &app, &name, to).await?,
            Self::Practice { kind } => {
                let row = admin.add_practice_connector(&actor, &kind, Lang::En).await?;
                output.say(&format!("Added {}.", row.name), &value(&app.config.issuer, &row));
            }
            Self::Enable { name } => {
                admin.set_connector_enabled(&actor, &name, true).await?;
                output.say("It is on.", &json!({ "name": name, "enabled": true }));
            }
            Self::Disable { name } => {
                admin.set_connector_enabled(&actor, &name, false).await?;
                output.say("It is off.", &json!({ "name": name, "enabled": false }));
            }
            Self::Delete { name } => {
                admin.delete_connector(&actor, &name).await?;
                output.say("It is gone.", &json!({ "deleted": name }));
            }
            Self::Migrate { name, from, appid } => {
                let moving = Moving { account: from, application: appid };
                let came = admin.migrate_connector(&actor, &name, &moving).await?;
                let text = format!(
                    "{} moved; {} left because the new openid is somebody's, {} because WeChat told nothing of them.",
                    came.moved, came.taken, came.untold
                );
                output.say(&text, &json!(came));
            }
            Self::Check { name } => told(context, &admin.check_connector(&actor, &name, Lang::En).await?)?,
        }
        Ok(())
    }
}

/// What a check found; an error of the other side is one of the command.
fn told(context: &Context, findings: &[Finding]) -> Outcome {
    if findings.is_empty() {
        context.output.say("There is nothing to ask anybody about this one.", &findings);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|f| vec![format!("{:?}", f.level).to_lowercase(), f.subject.clone(), f.text.clone()])
        .collect();
    context.output.table(&["", "WHAT", "FOUND"], &rows, &findings);
    if findings.iter().any(|finding| finding.level == Level::Error) { Err(Failure::Found) } else { Ok(()) }
}

/// The fields given on the line, and the secret ones from standard input.
pub(super) fn fields_of(kind: &str, given: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let Some(kind) = crate::connectors::kind(kind) else {
        return Err(Failure::Said(format!("there is no kind {kind}; `hufu connector kinds` lists them")));
    };
    fields_from(kind.fields, given)
}

/// Fields given on the line, and the secret ones of these from standard input, one line each.
pub(super) fn fields_from(fields_of: &[Field], given: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let mut fields = given.iter().map(|text| pair(text)).collect::<Result<Vec<_>, Failure>>()?;
    for field in fields_of.iter().filter(|field| matches!(field.input, Input::Secret)) {
        fields.push((field.key.to_owned(), line_from_input()?));
    }
    Ok(fields)
}

pub(super) fn pair(text: &str) -> Result<(String, String), Failure> {
    match text.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => Err(Failure::Said(format!("--field {text}: write it as KEY=VALUE"))),
    }
}

pub(super) fn line_from_input() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn kinds(context: &Context) {
    let mut rows = Vec::new();
    let mut values = Vec::new();
    for kind in crate::connectors::kinds() {
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

fn list(context: &Context, issuer: &str, connectors: &[ConnectorRow]) {
    let rows: Vec<Vec<String>> = connectors
        .iter()
        .map(|row| {
            let state = if row.enabled { "on" } else { "off" };
            let practice = if row.practice { "practice" } else { "" };
            vec![row.name.clone(), row.kind.clone(), row.title.clone(), state.to_owned(), practice.to_owned()]
        })
        .collect();
    let values: Vec<_> = connectors.iter().map(|row| value(issuer, row)).collect();
    context.output.table(&["NAME", "KIND", "TITLE", "STATE", ""], &rows, &values);
}

fn value(issuer: &str, row: &ConnectorRow) -> serde_json::Value {
    json!({
        "name": row.name, "kind": row.kind, "title": row.title, "enabled": row.enabled, "practice": row.practice,
        "rule": row.rule, "registration": row.registration, "callback_url": format!("{issuer}/callback/{}", row.name),
    })
}
