//! What may be said of an application when it is added and again later.

use clap::Args;
use serde_json::json;

use super::{Context, Outcome, value};
use crate::admin::{Actor, Admin};
use crate::cli::Failure;
use crate::store::clients::ClientMetadata;

/// The flags that `add` and `edit` share. One that is not given leaves what stands;
/// a list replaces the one that stands, and an empty text clears it.
#[derive(Debug, Args)]
pub(in crate::cli) struct Details {
    /// A scope it may ask for; repeat it [default: every standard one]
    #[arg(long)]
    scope: Vec<String>,
    /// A resource it may name (hufu resource list); repeat it
    #[arg(long, value_name = "URI")]
    resource: Vec<String>,
    /// Where a browser may go after sign-out; repeat it
    #[arg(long, value_name = "URI")]
    post_logout_redirect_uri: Vec<String>,
    /// Its picture
    #[arg(long, value_name = "URI")]
    logo_uri: Option<String>,
    /// Its privacy page
    #[arg(long, value_name = "URI")]
    policy_uri: Option<String>,
    /// Its terms
    #[arg(long, value_name = "URI")]
    tos_uri: Option<String>,
    /// The name of a sign-in method that may sign people in to it; repeat it [default: all]
    #[arg(long, value_name = "NAME")]
    connector: Vec<String>,
    /// The id of an organisation whose members may sign in to it; repeat it [default: everybody]
    #[arg(long, value_name = "ID")]
    organisation: Vec<String>,
    /// Where it is told that a session is over (OpenID Connect Back-Channel Logout)
    #[arg(long, value_name = "URI")]
    backchannel_logout_uri: Option<String>,
    /// Ask people to sign in again when that was longer ago
    #[arg(long, value_name = "SECONDS")]
    default_max_age: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Edit {
    id: String,
    /// What people read on the sign-in page
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    details: Details,
    /// Yours: no consent page, refresh tokens without asking
    #[arg(long, value_name = "BOOL")]
    first_party: Option<bool>,
    /// Signs people in without pages, as mini programs do (`/authorize-challenge`); first-party only
    #[arg(long, value_name = "BOOL")]
    authorization_challenge: Option<bool>,
    /// It can't do PKCE (only one that keeps a secret)
    #[arg(long, value_name = "BOOL")]
    no_pkce: Option<bool>,
}

impl Edit {
    pub(super) async fn run(self, context: &Context, admin: &Admin) -> Outcome {
        let mut client = admin.find_application(&self.id).await?;
        if let Some(name) = self.name {
            client.metadata.client_name = name;
        }
        self.details.put_into(&mut client.metadata)?;
        let metadata = &mut client.metadata;
        metadata.first_party = self.first_party.unwrap_or(metadata.first_party);
        metadata.authorization_challenge = self.authorization_challenge.unwrap_or(metadata.authorization_challenge);
        metadata.pkce_excused = self.no_pkce.unwrap_or(metadata.pkce_excused);
        admin.update_application(&Actor::command_line(), client).await?;
        let client = admin.find_application(&self.id).await?;
        context.output.say("Saved.", &json!(value(&client)));
        Ok(())
    }
}

impl Details {
    pub(super) fn put_into(self, metadata: &mut ClientMetadata) -> Result<(), Failure> {
        replace(&mut metadata.scope, self.scope);
        replace(&mut metadata.resources, self.resource);
        replace(&mut metadata.post_logout_redirect_uris, self.post_logout_redirect_uri);
        replace(&mut metadata.connectors, self.connector);
        replace(&mut metadata.organizations, self.organisation);
        set(&mut metadata.backchannel_logout_uri, self.backchannel_logout_uri);
        set(&mut metadata.logo_uri, self.logo_uri);
        set(&mut metadata.policy_uri, self.policy_uri);
        set(&mut metadata.tos_uri, self.tos_uri);
        if let Some(text) = self.default_max_age {
            metadata.default_max_age = match text.trim() {
                "" => None,
                number => Some(number.parse().map_err(|_| {
                    Failure::Said("--default-max-age: must be a number of seconds, or empty for none".to_owned())
                })?),
            };
        }
        Ok(())
    }
}

fn replace(standing: &mut Vec<String>, given: Vec<String>) {
    if !given.is_empty() {
        *standing = given.into_iter().filter(|text| !text.is_empty()).collect();
    }
}

fn set(standing: &mut Option<String>, given: Option<String>) {
    if let Some(text) = given {
        *standing = Some(text).filter(|text| !text.is_empty());
    }
}
