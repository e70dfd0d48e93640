//! `hufu resource …`: resource servers that access tokens may name (RFC 8707).

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Context, Outcome};
use crate::admin::Actor;
use crate::base::clock::Seconds;
use crate::store::clients::TokenFormat;
use crate::store::resources::{Resource, ResourceMetadata};

#[derive(Debug, Subcommand)]
pub(super) enum ResourceCommand {
    /// Add one, or replace what was said of it
    #[command(after_help = "Example: hufu resource add https://api.example.com --title API --scope read --scope write")]
    Add(Add),
    /// List them
    #[command(after_help = "Example: hufu resource list --json")]
    List,
    /// Remove one: no further token names it
    #[command(after_help = "Example: hufu resource delete https://api.example.com")]
    Delete { id: String },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The absolute URI that tokens name as aud
    id: String,
    /// What people read [default: the URI]
    #[arg(long)]
    title: Option<String>,
    /// A scope it knows; repeat it
    #[arg(long)]
    scope: Vec<String>,
    /// Its access tokens are JWT (RFC 9068) instead of opaque
    #[arg(long)]
    jwt_access_tokens: bool,
    /// How long its access tokens live at most [default: the installation's]
    #[arg(long, value_name = "SECONDS")]
    token_life: Option<Seconds>,
    /// A client id that may introspect its tokens; repeat it
    #[arg(long, value_name = "CLIENT_ID")]
    introspector: Vec<String>,
}

impl ResourceCommand {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let app = context.app().await?;
        let (admin, actor, output) = (&app.admin, Actor::command_line(), context.output);
        match self {
            Self::Add(add) => {
                let resource = add.resource();
                admin.put_resource(&actor, resource.clone()).await?;
                let text =
                    format!("Saved. An application may name it after: hufu app edit ID --resource {}", resource.id);
                output.say(&text, &value(&resource));
            }
            Self::List => list(context, &app.store.resources().await?),
            Self::Delete { id } => {
                admin.delete_resource(&actor, &id).await?;
                output.say("The resource is gone.", &json!({ "deleted": id }));
            }
        }
        Ok(())
    }
}

impl Add {
    fn resource(self) -> Resource {
        let metadata = ResourceMetadata {
            title: self.title.unwrap_or_else(|| self.id.clone()),
            scopes: self.scope,
            token_format: if self.jwt_access_tokens { TokenFormat::Jwt } else { TokenFormat::Opaque },
            token_life: self.token_life,
            introspectors: self.introspector,
        };
        Resource { id: self.id, version: 1, metadata }
    }
}

fn list(context: &Context, resources: &[Resource]) {
    let rows: Vec<Vec<String>> = resources
        .iter()
        .map(|resource| {
            let said = &resource.metadata;
            let format = if said.token_format == TokenFormat::Jwt { "jwt" } else { "opaque" };
            vec![resource.id.clone(), said.title.clone(), format.to_owned(), said.scopes.join(" ")]
        })
        .collect();
    let values: Vec<_> = resources.iter().map(value).collect();
    context.output.table(&["ID", "TITLE", "TOKENS", "SCOPES"], &rows, &values);
}

fn value(resource: &Resource) -> serde_json::Value {
    json!({ "id": resource.id, "metadata": resource.metadata })
}
