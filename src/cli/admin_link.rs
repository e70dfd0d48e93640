//! `hufu admin link`.

use clap::Subcommand;

use super::{Context, Outcome};
use crate::admin::Actor;

#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// A new one-time link that makes its holder an administrator, for a day
    #[command(after_help = "Example: hufu admin link")]
    Link,
}

impl Admin {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        let Self::Link = self;
        let app = context.app().await?;
        let link = app.admin.set_up_link(&Actor::command_line()).await?;
        context.output.say(&link, &serde_json::json!({ "link": link, "valid_for_seconds": 86_400 }));
        Ok(())
    }
}
