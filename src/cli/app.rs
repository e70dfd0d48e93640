//! `hufu app …`: applications.

mod details;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{Context, Outcome};
use crate::admin::Actor;
use crate::base::id::ClientId;
use crate::base::secret::Secret;
use crate::store::clients::{ApplicationType, AuthMethod, Client, ClientMetadata, TokenFormat};

#[derive(Debug, Subcommand)]
pub(super) enum AppCommand {
    /// Register an application; its secret is shown this once
    #[command(after_help = "Example: hufu app add --name Wiki --redirect-uri https://wiki.example.com/callback")]
    Add(Box<Add>),
    /// List applications
    #[command(after_help = "Example: hufu app list --json")]
    List,
    /// Everything about one
    #[command(after_help = "Example: hufu app show wiki")]
    Show { id: String },
    /// Change what is said of an application; a list that is given replaces the one that stands
    #[command(
        after_help = "Example: hufu app edit wiki --name Wiki --scope openid --scope email --logo-uri https://wiki.example.com/logo.png"
    )]
    Edit(Box<details::Edit>),
    /// Add a redirect URI, or remove one
    #[command(after_help = "Example: hufu app redirect wiki --add https://wiki.example.com/callback2")]
    Redirect {
        id: String,
        #[arg(long)]
        add: Vec<String>,
        #[arg(long)]
        remove: Vec<String>,
    },
    /// Switch an application on
    #[command(after_help = "Example: hufu app enable wiki")]
    Enable { id: String },
    /// Switch it off: its tokens are dead at once
    #[command(after_help = "Example: hufu app disable wiki")]
    Disable { id: String },
    /// Add a second secret for rotation, or remove one by its id or last four characters
    #[command(after_help = "Example: hufu app secret wiki            hufu app secret wiki --remove a1B2")]
    Secret {
        id: String,
        #[arg(long)]
        remove: Option<String>,
    },
    /// Remove an application and its tokens
    #[command(after_help = "Example: hufu app delete wiki")]
    Delete { id: String },
}

/// What an application is, which decides how it proves itself.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Type {
    /// Runs on a server and keeps a secret
    Web,
    /// Runs in the browser: no secret, PKCE
    Spa,
    /// Installed: no secret, PKCE, loopback redirects with any port
    Native,
    /// No person: `client_credentials`
    Machine,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Method {
    ClientSecretBasic,
    ClientSecretPost,
    ClientSecretJwt,
    PrivateKeyJwt,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Add {
    /// What people read on the sign-in page
    #[arg(long)]
    name: String,
    /// `client_id` [default: made]
    #[arg(long)]
    id: Option<String>,
    #[arg(long = "type", value_enum, default_value = "web")]
    kind: Type,
    #[arg(long)]
    redirect_uri: Vec<String>,
    #[command(flatten)]
    details: details::Details,
    /// How it proves itself at the token endpoint (web and machine)
    #[arg(long, value_enum)]
    auth_method: Option<Method>,
    /// A file with its public keys, a JWK set (`private_key_jwt`)
    #[arg(long)]
    jwks: Option<std::path::PathBuf>,
    /// RS256, ES256, PS256 or `EdDSA`
    #[arg(long, default_value = "RS256")]
    id_token_alg: String,
    /// Yours: no consent page, refresh tokens without asking
    #[arg(long)]
    first_party: bool,
    /// Signs people in without pages, as mini programs do (`/authorize-challenge`); needs --first-party
    #[arg(long, requires = "first_party")]
    authorization_challenge: bool,
    /// A sub of its own for this application
    #[arg(long)]
    pairwise: bool,
    /// Access tokens as JWT (RFC 9068) instead of opaque
    #[arg(long)]
    jwt_access_tokens: bool,
    /// It can't do PKCE (only one that keeps a secret)
    #[arg(long)]
    no_pkce: bool,
}

impl AppCommand {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.app().await?;
        let (admin, actor, output) = (&app.admin, Actor::command_line(), context.output);
        match self {
            Self::Add(add) => {
                let id = add.id.clone().map(ClientId::new);
                let mut metadata = add.metadata()?;
                add.details.put_into(&mut metadata)?;
                let (client, secret) = admin.create_application(&actor, id, metadata).await?;
                say_new(context, &app.config.issuer, &client, secret.as_ref());
            }
            Self::Edit(edit) => edit.run(context, admin).await?,
            Self::List => list(context, &app.store.clients(None, 1000).await?),
            Self::Show { id } => {
                let client = admin.find_application(&id).await?;
                output.say(&pretty(&client), &value(&client));
            }
            Self::Redirect { id, add, remove } => {
                let mut client = admin.find_application(&id).await?;
                client.metadata.redirect_uris.retain(|uri| !remove.contains(uri));
                client.metadata.redirect_uris.extend(add);
                admin.update_application(&actor, client).await?;
                let client = admin.find_application(&id).await?;
                output.say("Done.", &value(&client));
            }
            Self::Enable { id } => set_enabled(context, admin, &id, true).await?,
            Self::Disable { id } => set_enabled(context, admin, &id, false).await?,
            Self::Secret { id, remove: Some(which) } => {
                admin.remove_secret(&actor, admin.find_application(&id).await?, &which).await?;
                output.say("The secret no longer works.", &json!({ "removed": which }));
            }
            Self::Secret { id, remove: None } => {
                let secret = admin.add_secret(&actor, admin.find_application(&id).await?).await?;
                let text = format!(
                    "client_secret  {}\nIt is shown this once. The other secret works until you remove it.",
                    secret.expose()
                );
                output.say(&text, &json!({ "client_id": id, "client_secret": secret.expose() }));
            }
            Self::Delete { id } => {
                admin.delete_application(&actor, &ClientId::new(id.clone())).await?;
                output.say("The application and its tokens are gone.", &json!({ "deleted": id }));
            }
        }
        Ok(())
    }
}

async fn set_enabled(context: &Context, admin: &crate::admin::Admin, id: &str, enabled: bool) -> Outcome {
    let mut client = admin.find_application(id).await?;
    client.enabled = enabled;
    admin.update_application(&Actor::command_line(), client).await?;
    context
        .output
        .say(if enabled { "It is on." } else { "It is off." }, &json!({ "client_id": id, "enabled": enabled }));
    Ok(())
}

impl Add {
    fn metadata(&self) -> Result<ClientMetadata, super::Failure> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let people = owned(&["authorization_code", "refresh_token"]);
        let (application_type, method, grant_types) = match self.kind {
            Type::Web => (ApplicationType::Web, AuthMethod::ClientSecretBasic, people),
            Type::Spa => (ApplicationType::Web, AuthMethod::None, people),
            Type::Native => (ApplicationType::Native, AuthMethod::None, people),
            Type::Machine => (ApplicationType::Web, AuthMethod::ClientSecretBasic, owned(&["client_credentials"])),
        };
        let method = match self.auth_method {
            None => method,
            Some(Method::ClientSecretBasic) => AuthMethod::ClientSecretBasic,
            Some(Method::ClientSecretPost) => AuthMethod::ClientSecretPost,
            Some(Method::ClientSecretJwt) => AuthMethod::ClientSecretJwt,
            Some(Method::PrivateKeyJwt) => AuthMethod::PrivateKeyJwt,
        };
        let jwks = match &self.jwks {
            None => None,
            Some(path) => Some(
                serde_json::from_str(&std::fs::read_to_string(path)?)
                    .map_err(|error| super::Failure::Said(format!("{}: not a JWK set: {error}", path.display())))?,
            ),
        };
        Ok(ClientMetadata {
            client_name: self.name.clone(),
            application_type,
            redirect_uris: self.redirect_uri.clone(),
            token_endpoint_auth_method: method,
            grant_types,
            pkce_excused: self.no_pkce,
            first_party: self.first_party,
            authorization_challenge: self.authorization_challenge,
            subject_type: if self.pairwise {
                crate::store::clients::SubjectType::Pairwise
            } else {
                crate::store::clients::SubjectType::Public
            },
            id_token_signed_response_alg: self.id_token_alg.clone(),
            access_token_format: if self.jwt_access_tokens { TokenFormat::Jwt } else { TokenFormat::Opaque },
            jwks,
            ..ClientMetadata::default()
        })
    }
}

/// What to paste into the application.
fn say_new(context: &Context, issuer: &str, client: &Client, secret: Option<&Secret>) {
    let mut text = format!("issuer         {issuer}\nclient_id      {}", client.id);
    if let Some(secret) = secret {
        text.push_str("\nclient_secret  ");
        text.push_str(secret.expose());
        text.push_str("\nThe secret is shown this once.");
    }
    let secret = secret.map(Secret::expose);
    context.output.say(&text, &json!({ "issuer": issuer, "client_id": client.id, "client_secret": secret }));
}

fn list(context: &Context, clients: &[Client]) {
    let rows: Vec<Vec<String>> = clients
        .iter()
        .map(|client| {
            let state = if client.enabled { "on" } else { "off" };
            vec![
                client.id.to_string(),
                client.metadata.client_name.clone(),
                state.to_owned(),
                client.metadata.redirect_uris.join(" "),
            ]
        })
        .collect();
    let values: Vec<_> = clients.iter().map(value).collect();
    context.output.table(&["CLIENT_ID", "NAME", "STATE", "REDIRECT_URIS"], &rows, &values);
}

/// Everything but the secrets' digests.
fn value(client: &Client) -> serde_json::Value {
    let secrets: Vec<_> = client
        .secrets
        .iter()
        .map(|secret| json!({ "id": secret.id, "ends_with": secret.ends_with, "created_at": secret.created_at }))
        .collect();
    json!({
        "client_id": client.id, "enabled": client.enabled, "created_at": client.created_at,
        "metadata": client.metadata, "secrets": secrets,
    })
}

fn pretty(client: &Client) -> String {
    serde_json::to_string_pretty(&value(client)).unwrap_or_default()
}
