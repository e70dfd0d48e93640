//! `hufu user …`: people.

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Context, Outcome};
use crate::admin::Actor;
use crate::admin::people::NewPerson;
use crate::base::secret::Secret;
use crate::store::users::{User as Person, UserState};
use merging::{merge, merges, unmerge};

mod merging;

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Make a person; the password is read from standard input
    #[command(after_help = "Example: printf 'correct horse 1' | hufu user add --username li.lei --name 李雷")]
    Add(Add),
    /// List people
    #[command(after_help = "Example: hufu user list --search li")]
    List {
        /// In user name, name or e-mail
        #[arg(long)]
        search: Option<String>,
    },
    /// Everything about one (id, user name or e-mail)
    #[command(after_help = "Example: hufu user show li.lei")]
    Show { who: String },
    /// Let a person sign in again
    #[command(after_help = "Example: hufu user enable li.lei")]
    Enable { who: String },
    /// Keep a person out: sessions and tokens are dead at once
    #[command(after_help = "Example: hufu user disable li.lei")]
    Disable { who: String },
    /// Give or take the console
    #[command(after_help = "Example: hufu user administrator li.lei            hufu user administrator li.lei --take")]
    Administrator {
        who: String,
        #[arg(long)]
        take: bool,
    },
    /// Set a new password from standard input; the person replaces it at the next sign-in
    #[command(after_help = "Example: printf 'for today 42' | hufu user password li.lei")]
    Password { who: String },
    /// End every session and token of a person
    #[command(after_help = "Example: hufu user sign-out li.lei")]
    SignOut { who: String },
    /// Make two people one; what goes over is shown first, and `unmerge` undoes it
    #[command(
        after_help = "Example: hufu user merge li.lei 01jabc… --preview            hufu user merge li.lei 01jabc…"
    )]
    Merge {
        /// Who is left (id, user name or e-mail)
        kept: String,
        /// Who is absorbed: nobody signs in as them any more
        absorbed: String,
        /// Only say what would happen
        #[arg(long)]
        preview: bool,
    },
    /// Undo the merge that absorbed a person
    #[command(after_help = "Example: hufu user unmerge 01jabc…")]
    Unmerge {
        /// Who was absorbed
        absorbed: String,
    },
    /// List people whom a sign-in showed to be one, to be merged or left
    #[command(after_help = "Example: hufu user merges            hufu user merges --done")]
    Merges {
        /// Merges that were made, in place of open cases
        #[arg(long)]
        done: bool,
    },
    /// Remove a person for good
    #[command(after_help = "Example: hufu user delete li.lei")]
    Delete { who: String },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[arg(long)]
    username: String,
    #[arg(long, default_value = "")]
    name: String,
    #[arg(long)]
    email: Option<String>,
    /// May open the console
    #[arg(long)]
    administrator: bool,
    /// No password: the person signs in through a platform that is linked later
    #[arg(long)]
    no_password: bool,
    /// The person need not replace this password at the first sign-in
    #[arg(long)]
    keep_password: bool,
}

impl User {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.app().await?;
        let (admin, actor, output) = (&app.admin, Actor::command_line(), context.output);
        match self {
            Self::Add(add) => {
                let password = if add.no_password { None } else { Some(password_from_input()?) };
                let new = NewPerson {
                    username: add.username,
                    name: add.name,
                    email: add.email,
                    password,
                    must_change: !add.keep_password,
                    administrator: add.administrator,
                    ..NewPerson::default()
                };
                let user = admin.create_person(&actor, new).await?;
                output.say(&format!("Made {} ({}).", user.name, user.id), &value(&user));
            }
            Self::List { search } => list(context, &app.store.users(search.as_deref(), None, 1000).await?),
            Self::Show { who } => {
                let user = admin.find_person(&who).await?;
                let text = serde_json::to_string_pretty(&value(&user)).unwrap_or_default();
                output.say(&text, &value(&user));
            }
            Self::Enable { who } => {
                admin.set_person_enabled(&actor, &admin.find_person(&who).await?, true).await?;
                output.say("The person may sign in.", &json!({ "user": who, "state": "active" }));
            }
            Self::Disable { who } => {
                admin.set_person_enabled(&actor, &admin.find_person(&who).await?, false).await?;
                output.say("The person is kept out.", &json!({ "user": who, "state": "disabled" }));
            }
            Self::Administrator { who, take } => {
                admin.set_administrator(&actor, &admin.find_person(&who).await?, !take).await?;
                output.say("Done.", &json!({ "user": who, "administrator": !take }));
            }
            Self::Password { who } => {
                let user = admin.find_person(&who).await?;
                admin.reset_password(&actor, &user, &password_from_input()?).await?;
                output.say("The password is set; it is replaced at the next sign-in.", &json!({ "user": who }));
            }
            Self::SignOut { who } => {
                admin.sign_out_person(&actor, &admin.find_person(&who).await?).await?;
                output.say("Signed out everywhere.", &json!({ "user": who }));
            }
            Self::Merge { kept, absorbed, preview } => {
                Box::pin(merge(context, &app, (&kept, &absorbed), preview)).await?;
            }
            Self::Unmerge { absorbed } => unmerge(context, &app, &absorbed).await?,
            Self::Merges { done } => merges(context, &app, done).await?,
            Self::Delete { who } => {
                admin.delete_person(&actor, &admin.find_person(&who).await?).await?;
                output.say("The person is gone.", &json!({ "deleted": who }));
            }
        }
        Ok(())
    }
}

/// One line of standard input: a password on the command line would stand in the shell's history.
fn password_from_input() -> Result<Secret, super::Failure> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}

fn list(context: &Context, people: &[Person]) {
    let rows: Vec<Vec<String>> = people
        .iter()
        .map(|user| {
            let state = if user.state == UserState::Active { "active" } else { "disabled" };
            let role = if user.administrator { "administrator" } else { "" };
            vec![
                user.id.to_string(),
                user.username.clone().unwrap_or_default(),
                user.name.clone(),
                state.to_owned(),
                role.to_owned(),
            ]
        })
        .collect();
    let values: Vec<_> = people.iter().map(value).collect();
    context.output.table(&["ID", "USERNAME", "NAME", "STATE", "ROLE"], &rows, &values);
}

fn value(user: &Person) -> serde_json::Value {
    json!({
        "id": user.id, "username": user.username, "name": user.name, "email": user.email,
        "email_verified": user.email_verified, "phone": user.phone, "locale": user.locale, "profile": user.profile,
        "state": user.state, "administrator": user.administrator, "practice": user.practice,
        "created_at": user.created_at, "updated_at": user.updated_at,
    })
}
