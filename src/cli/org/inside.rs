//! What is inside an organisation: members, departments, domains; and verification files.

use clap::Subcommand;
use serde_json::json;

use super::super::{Context, Failure, Outcome};
use crate::admin::Actor;
use crate::app::App;
use crate::base::id::UserId;
use crate::cli::output::moment;
use crate::store::departments::Department as Row;
use crate::store::orgs::Org;

/// Rows read at once.
const PAGE: i64 = 500;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Department {
    /// List them
    #[command(after_help = "Example: hufu org department list 'Example Ltd'")]
    List { org: String },
    /// Add one by hand
    #[command(after_help = "Example: hufu org department add 'Example Ltd' Research --parent 01j…")]
    Add {
        org: String,
        name: String,
        /// The id of the department it is under [default: the top]
        #[arg(long, value_name = "ID")]
        parent: Option<String>,
        /// Its place among its sisters
        #[arg(long, default_value_t = 0)]
        position: i64,
    },
    /// Remove an empty one made by hand
    #[command(after_help = "Example: hufu org department remove 'Example Ltd' 01j…")]
    Remove { org: String, id: String },
    /// Put a member into one
    #[command(after_help = "Example: hufu org department place 'Example Ltd' 01j… lei")]
    Place { org: String, id: String, person: String },
    /// Take a member out of one
    #[command(after_help = "Example: hufu org department displace 'Example Ltd' 01j… lei")]
    Displace { org: String, id: String, person: String },
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Domain {
    /// Add one; --verified: it is proven to be theirs
    #[command(after_help = "Example: hufu org domain add 'Example Ltd' example.com --verified")]
    Add {
        org: String,
        domain: String,
        #[arg(long)]
        verified: bool,
    },
    /// Remove one
    #[command(after_help = "Example: hufu org domain remove 'Example Ltd' example.com")]
    Remove { org: String, domain: String },
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum VerificationFile {
    /// Serve a file at the root, byte for byte, under its own name
    #[command(after_help = "Example: hufu org verification-file add WW_verify_AbCdEf123456.txt")]
    Add { file: std::path::PathBuf },
    /// List them
    #[command(after_help = "Example: hufu org verification-file list")]
    List,
    /// Serve it no more
    #[command(after_help = "Example: hufu org verification-file remove WW_verify_AbCdEf123456.txt")]
    Remove { name: String },
}

impl Department {
    pub(super) async fn run(self, context: &Context, app: &App) -> Outcome {
        let (admin, actor, output) = (&app.admin, Actor::command_line(), context.output);
        match self {
            Self::List { org } => return departments(context, app, &admin.find_org(&org).await?).await,
            Self::Add { org, name, parent, position } => {
                let org = admin.find_org(&org).await?;
                let new = Row { id: String::new(), parent_id: parent, name, position, synced: false };
                let row = admin.put_department(&actor, &org.id, new).await?;
                output.say(&format!("Made: {}", row.id), &json!({ "id": row.id, "name": row.name }));
            }
            Self::Remove { org, id } => {
                let org = admin.find_org(&org).await?;
                admin.delete_department(&actor, &org.id, &id).await?;
                output.say("The department is gone.", &json!({ "deleted": id }));
            }
            Self::Place { org, id, person } => place(context, app, (&org, &id, &person), true).await?,
            Self::Displace { org, id, person } => place(context, app, (&org, &id, &person), false).await?,
        }
        Ok(())
    }
}

async fn place(context: &Context, app: &App, (org, id, person): (&str, &str, &str), there: bool) -> Outcome {
    let org = app.admin.find_org(org).await?;
    let user = app.admin.find_person(person).await?;
    app.admin.place_member(&Actor::command_line(), &org.id, &user.id, (id, there)).await?;
    context.output.say("Saved.", &json!({ "department": id, "user": user.id, "there": there }));
    Ok(())
}

impl Domain {
    pub(super) async fn run(self, context: &Context, app: &App) -> Outcome {
        let (admin, actor, output) = (&app.admin, Actor::command_line(), context.output);
        match self {
            Self::Add { org, domain, verified } => {
                let org = admin.find_org(&org).await?;
                admin.put_domain(&actor, &org.id, &domain, verified).await?;
                output.say("Saved.", &json!({ "domain": domain, "verified": verified }));
            }
            Self::Remove { org, domain } => {
                let org = admin.find_org(&org).await?;
                admin.delete_domain(&actor, &org.id, &domain).await?;
                output.say("The domain is gone.", &json!({ "deleted": domain }));
            }
        }
        Ok(())
    }
}

impl VerificationFile {
    pub(super) async fn run(self, context: &Context, app: &App) -> Outcome {
        let (admin, actor, output) = (&app.admin, Actor::command_line(), context.output);
        match self {
            Self::Add { file } => {
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let contents = std::fs::read(&file);
                let contents = contents.map_err(|error| Failure::Said(format!("{}: {error}", file.display())))?;
                admin.put_verification_file(&actor, &name, contents).await?;
                let address = format!("{}/{name}", app.config.issuer.trim_end_matches('/'));
                output.say(&format!("Served at {address}"), &json!({ "name": name, "address": address }));
            }
            Self::List => {
                let files = app.store.verification_files().await?;
                let rows: Vec<_> = files.iter().map(|file| vec![file.name.clone(), moment(file.created_at)]).collect();
                let values: Vec<_> =
                    files.iter().map(|file| json!({ "name": file.name, "created_at": file.created_at })).collect();
                output.table(&["NAME", "SINCE"], &rows, &values);
            }
            Self::Remove { name } => {
                admin.delete_verification_file(&actor, &name).await?;
                output.say("The file is gone.", &json!({ "deleted": name }));
            }
        }
        Ok(())
    }
}

pub(super) async fn members(context: &Context, app: &App, org: &Org) -> Outcome {
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    let mut after: Option<UserId> = None;
    loop {
        let page = app.store.members(&org.id, after.as_ref(), PAGE).await?;
        for it in &page {
            let name = it.username.clone().unwrap_or_default();
            let member = &it.member;
            rows.push(vec![
                member.user_id.to_string(),
                it.name.clone(),
                name.clone(),
                member.source.name().to_owned(),
                member.roles.join(" "),
            ]);
            values.push(json!({ "user": member.user_id, "name": it.name, "username": name, "source": member.source,
                "roles": member.roles, "since": member.since, "person": member.person }));
        }
        after = page.last().map(|it| it.member.user_id.clone());
        if after.is_none() {
            break;
        }
    }
    context.output.table(&["ID", "NAME", "USER NAME", "SOURCE", "ROLES"], &rows, &values);
    Ok(())
}

async fn departments(context: &Context, app: &App, org: &Org) -> Outcome {
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    let mut after: Option<String> = None;
    loop {
        let page = app.store.departments(&org.id, after.as_deref(), PAGE).await?;
        for it in &page {
            let source = if it.synced { "directory" } else { "by hand" };
            let parent = it.parent_id.clone().unwrap_or_default();
            rows.push(vec![it.id.clone(), parent, it.name.clone(), source.to_owned()]);
            values.push(json!({ "id": it.id, "parent": it.parent_id, "name": it.name, "position": it.position,
                "synced": it.synced }));
        }
        after = page.last().map(|it| it.id.clone());
        if after.is_none() {
            break;
        }
    }
    context.output.table(&["ID", "PARENT", "NAME", "SOURCE"], &rows, &values);
    Ok(())
}
