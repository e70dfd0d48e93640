//! `hufu org …`: organisations, their people, departments and domains, and the files that platforms fetch.

mod add;
mod directory;
mod inside;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Context, Failure, Outcome};
use crate::admin::{Actor, Admin};
use crate::app::App;
use crate::login::roster::Sync;
use crate::store::connectors::ConnectorRow;
use crate::store::orgs::Org;

#[derive(Debug, Subcommand)]
pub(super) enum OrgCommand {
    /// List organisations
    #[command(after_help = "Example: hufu org list --json")]
    List,
    /// Make an organisation; with --connector, everybody who signs in through that belongs to it
    #[command(after_help = "Examples: hufu org add --name 'Example Ltd' --connector dingtalk
          printf 'secret' | hufu org add --name 'Example Ltd' --connector dingtalk --field corp_id=ding… --field app_key=ding…")]
    Add(add::Add),
    /// Everything about one: what hangs on it, domains, the last synchronisations
    #[command(after_help = "Example: hufu org show 'Example Ltd'")]
    Show { org: String },
    /// Change what is said of it
    #[command(after_help = "Example: hufu org set 'Example Ltd' --rule invited")]
    Set(Set),
    /// Switch it on
    #[command(after_help = "Example: hufu org enable 'Example Ltd'")]
    Enable { org: String },
    /// Switch it off: sessions and tokens in it end
    #[command(after_help = "Example: hufu org disable 'Example Ltd'")]
    Disable { org: String },
    /// Remove it; without --yes it only says what would go. The people stay
    #[command(after_help = "Example: hufu org delete 'Example Ltd' --yes")]
    Delete {
        org: String,
        #[arg(long)]
        yes: bool,
    },
    /// Into which organisation people go who are created through a connector; without an organisation, into none
    #[command(after_help = "Example: hufu org new-people password 'Example Ltd'")]
    NewPeople { connector: String, org: Option<String> },
    /// Its members
    #[command(after_help = "Example: hufu org members 'Example Ltd'")]
    Members { org: String },
    /// Make somebody a member, or replace their roles
    #[command(after_help = "Example: hufu org add-member 'Example Ltd' lei --role admin --role billing")]
    AddMember {
        org: String,
        person: String,
        #[arg(long)]
        role: Vec<String>,
    },
    /// End a membership, with the sessions and tokens in it
    #[command(after_help = "Example: hufu org remove-member 'Example Ltd' lei")]
    RemoveMember { org: String, person: String },
    /// Read its directory from the platform now
    #[command(after_help = "Example: hufu org sync 'Example Ltd' --dry-run")]
    Sync {
        org: String,
        /// Only tell what would change
        #[arg(long)]
        dry_run: bool,
        /// Remove those who vanished, however many they are
        #[arg(long)]
        accept_removals: bool,
    },
    /// The last times its directory was read
    #[command(after_help = "Example: hufu org runs 'Example Ltd' --json")]
    Runs { org: String },
    /// Departments
    #[command(subcommand)]
    Department(inside::Department),
    /// Domains
    #[command(subcommand)]
    Domain(inside::Domain),
    /// Files that platforms fetch from the root (`MP_verify_….txt`, `WW_verify_….txt`)
    #[command(subcommand)]
    VerificationFile(inside::VerificationFile),
}

#[derive(Debug, Args)]
pub(super) struct Set {
    org: String,
    #[arg(long)]
    name: Option<String>,
    /// A small picture (PNG, JPEG or WebP); an empty text removes it
    #[arg(long, value_name = "FILE")]
    logo: Option<String>,
    /// The connector whose platform it is; an empty text for none
    #[arg(long)]
    connector: Option<String>,
    /// Hours between two readings of its whole directory, 1 to 168; empty: a day where its platform tells what
    /// changes, an hour where it does not
    #[arg(long)]
    sync_hours: Option<String>,
    /// What becomes of people nobody knows: create, ask, `bind_phone`, invited; empty: the connector's own rule
    #[arg(long)]
    rule: Option<String>,
    /// Whether people nobody knows may come in: on, off; empty: the connector's own word
    #[arg(long)]
    registration: Option<String>,
}

impl OrgCommand {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.app().await?;
        let (admin, actor, output) = (&app.admin, Actor::command_line(), context.output);
        match self {
            Self::List => list(context, &app.store.orgs(None, 1000).await?, &app.store.connectors().await?),
            Self::Add(add) => add.run(context, &app).await?,
            Self::Show { org } => show(context, &app, &admin.find_org(&org).await?).await?,
            Self::Set(set) => {
                let org = set.changed(&app).await?;
                admin.update_org(&actor, org.clone()).await?;
                output.say("Saved.", &value(&org));
            }
            Self::Enable { org } => switch(context, admin, &org, true).await?,
            Self::Disable { org } => switch(context, admin, &org, false).await?,
            Self::Delete { org, yes } => delete(context, admin, &org, yes).await?,
            Self::NewPeople { connector, org } => {
                let org = match &org {
                    Some(org) => Some(admin.find_org(org).await?),
                    None => None,
                };
                admin.set_org_of_new_people(&actor, &connector, org.as_ref().map(|org| &org.id)).await?;
                output.say("Saved.", &json!({ "connector": connector, "organisation": org.map(|org| org.id) }));
            }
            Self::Members { org } => inside::members(context, &app, &admin.find_org(&org).await?).await?,
            Self::AddMember { org, person, role } => {
                let (org, user) = (admin.find_org(&org).await?, admin.find_person(&person).await?);
                admin.put_member(&actor, &org.id, &user.id, &role).await?;
                output.say("Saved.", &json!({ "organisation": org.id, "user": user.id, "roles": role }));
            }
            Self::RemoveMember { org, person } => {
                let (org, user) = (admin.find_org(&org).await?, admin.find_person(&person).await?);
                let gone = admin.remove_member(&actor, &org.id, &user.id).await?;
                let text = format!("No member any more; {} sessions and {} grants ended.", gone.sessions, gone.grants);
                output.say(&text, &json!({ "sessions": gone.sessions, "grants": gone.grants }));
            }
            Self::Sync { org, dry_run, accept_removals } => {
                let how = Sync { dry: dry_run, accept_removals };
                directory::sync(context, &app, &admin.find_org(&org).await?, &how).await?;
            }
            Self::Runs { org } => directory::runs(context, &app, &admin.find_org(&org).await?).await?,
            Self::Department(command) => command.run(context, &app).await?,
            Self::Domain(command) => command.run(context, &app).await?,
            Self::VerificationFile(command) => command.run(context, &app).await?,
        }
        Ok(())
    }
}

impl Set {
    async fn changed(self, app: &App) -> Result<Org, Failure> {
        let mut org = app.admin.find_org(&self.org).await?;
        if let Some(name) = self.name {
            org.name = name;
        }
        if let Some(file) = self.logo {
            org.logo = if file.is_empty() { None } else { Some(picture(&file)?) };
        }
        if let Some(name) = self.connector {
            let rows = app.store.connectors().await?;
            let row = rows.iter().find(|row| row.name == name);
            if row.is_none() && !name.is_empty() {
                return Err(Failure::Said(format!("there is no connector named {name}")));
            }
            org.connector_id = row.map(|row| row.id.clone());
        }
        if let Some(rule) = self.rule {
            let rule = Some(rule).filter(|rule| !rule.is_empty()).map(|rule| serde_json::from_value(json!(rule)));
            let wrong = |_| Failure::Said("--rule: must be create, ask, invited or bind_phone".to_owned());
            org.rule = rule.transpose().map_err(wrong)?;
        }
        if let Some(hours) = self.sync_hours {
            let number = Some(hours).filter(|hours| !hours.is_empty()).map(|hours| hours.parse::<u16>());
            let wrong = |_| Failure::Said("--sync-hours: must be a whole number of hours, or empty".to_owned());
            org.sync_every = number.transpose().map_err(wrong)?.map(|hours| i64::from(hours) * 3_600);
        }
        org.registration = match self.registration.as_deref() {
            None => org.registration,
            Some("") => None,
            Some("on") => Some(true),
            Some("off") => Some(false),
            Some(_) => return Err(Failure::Said("--registration: must be on, off or empty".to_owned())),
        };
        Ok(org)
    }
}

/// A file as a `data:` URI by its first bytes; whether it may be one is the verb's to say.
fn picture(file: &str) -> Result<String, Failure> {
    use base64::Engine as _;
    let bytes = std::fs::read(file)?;
    let kind = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [0xff, 0xd8, ..] => "jpeg",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        _ => return Err(Failure::Said(format!("{file} is no PNG, JPEG or WebP picture"))),
    };
    Ok(format!("data:image/{kind};base64,{}", base64::engine::general_purpose::STANDARD.encode(&bytes)))
}

async fn switch(context: &Context, admin: &Admin, org: &str, enabled: bool) -> Outcome {
    let org = Org { enabled, ..admin.find_org(org).await? };
    admin.update_org(&Actor::command_line(), org.clone()).await?;
    context.output.say("Saved.", &value(&org));
    Ok(())
}

async fn delete(context: &Context, admin: &Admin, org: &str, yes: bool) -> Outcome {
    let org = admin.find_org(org).await?;
    let uses = admin.org_uses(&org.id).await?;
    let numbers = format!(
        "{} members, {} people of its directory, {} departments, {} domains, {} grants",
        uses.members, uses.people, uses.departments, uses.domains, uses.grants
    );
    let told = json!({ "id": org.id, "members": uses.members, "people": uses.people,
        "departments": uses.departments, "domains": uses.domains, "grants": uses.grants, "deleted": yes });
    if !yes {
        let text = format!("{} would go with {numbers}. Nothing was changed; add --yes to remove it.", org.name);
        context.output.say(&text, &told);
        return Ok(());
    }
    admin.delete_org(&Actor::command_line(), &org.id).await?;
    context.output.say(&format!("{} is gone, with {numbers}.", org.name), &told);
    Ok(())
}

async fn show(context: &Context, app: &App, org: &Org) -> Outcome {
    let uses = app.admin.org_uses(&org.id).await?;
    let domains = app.store.domains_of(&org.id).await?;
    let runs = app.store.sync_runs(&org.id, 5).await?;
    let domains: Vec<Value> =
        domains.iter().map(|it| json!({ "domain": it.domain, "verified": it.verified })).collect();
    let runs: Vec<Value> = runs
        .iter()
        .map(|run| {
            json!({ "number": run.number, "dry": run.dry, "state": run.state, "started_at": run.started_at,
                "ended_at": run.ended_at, "added": run.added, "changed": run.changed, "gone": run.gone,
                "departments": run.departments, "failed": run.failed,
                "quarantined": run.odd, "examples": run.examples })
        })
        .collect();
    let mut told = value(org);
    if let Value::Object(members) = &mut told {
        members.insert("members".to_owned(), json!(uses.members));
        members.insert("people".to_owned(), json!(uses.people));
        members.insert("departments".to_owned(), json!(uses.departments));
        members.insert("domains".to_owned(), json!(domains));
        members.insert("synchronisations".to_owned(), json!(runs));
    }
    let text = serde_json::to_string_pretty(&told).unwrap_or_default();
    context.output.say(&text, &told);
    Ok(())
}

fn list(context: &Context, orgs: &[Org], connectors: &[ConnectorRow]) {
    let named = |org: &Org| {
        let found = connectors.iter().find(|row| org.connector_id.as_ref() == Some(&row.id));
        found.map(|row| row.name.clone())
    };
    let rows: Vec<Vec<String>> = orgs
        .iter()
        .map(|org| {
            let state = if org.enabled { "on" } else { "off" };
            vec![org.id.to_string(), org.name.clone(), state.to_owned(), named(org).unwrap_or_default()]
        })
        .collect();
    let mut values: Vec<_> = orgs.iter().map(value).collect();
    for (told, org) in values.iter_mut().zip(orgs) {
        told["connector_name"] = json!(named(org));
    }
    context.output.table(&["ID", "NAME", "STATE", "CONNECTOR"], &rows, &values);
}

fn value(org: &Org) -> Value {
    json!({ "id": org.id, "name": org.name, "enabled": org.enabled, "practice": org.practice,
        "connector": org.connector_id, "rule": org.rule, "registration": org.registration,
        "sync_every": org.sync_every, "logo": org.logo.is_some() })
}
