//! `hufu org sync` and `hufu org runs`: reading a company's directory.

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::cli::{Context, Failure, Outcome};
use crate::login::LoginError;
use crate::login::roster::Sync;
use crate::store::orgs::Org;
use crate::store::sync_runs::{SyncRun, SyncState};

/// Passes that `runs` shows.
const RUNS: i64 = 20;

/// Reads the directory now, here; a pass that another node is at is left to it.
pub(super) async fn sync(context: &Context, app: &App, org: &Org, how: &Sync) -> Outcome {
    let run = match app.login.sync_directory(&org.id, how, &CancellationToken::new()).await {
        Ok(run) => run,
        Err(LoginError::Unknown) => {
            let why =
                "this organisation has no directory: set --connector to a DingTalk or WeChat Work connector that is on";
            return Err(Failure::Said(why.to_owned()));
        }
        Err(LoginError::Store(error)) => return Err(error.into()),
        Err(error) => return Err(Failure::Said(error.to_string())),
    };
    context.output.say(&told(&run), &value(&run));
    match run.state {
        SyncState::Running if run.dry != how.dry => {
            let other = if run.dry { "dry run" } else { "real reading" };
            let why = format!("a {other} of this directory is not over; nothing was read now, try again when it is");
            Err(Failure::Said(why))
        }
        SyncState::Failed => Err(Failure::Said("the directory could not be read".to_owned())),
        _ => Ok(()),
    }
}

/// The last passes, newest first.
pub(super) async fn runs(context: &Context, app: &App, org: &Org) -> Outcome {
    let runs = app.store.sync_runs(&org.id, RUNS).await?;
    let lines: Vec<String> = runs.iter().map(told).collect();
    let text = if lines.is_empty() { "Its directory was never read.".to_owned() } else { lines.join("\n\n") };
    context.output.say(&text, &Value::from(runs.iter().map(value).collect::<Vec<_>>()));
    Ok(())
}

/// What came of a pass, and what to do about it.
fn told(run: &SyncRun) -> String {
    let dry = if run.dry { "Nothing was written. " } else { "" };
    let counts = format!(
        "{dry}Pass {}: {} new, {} changed, {} gone; {} departments new or changed.",
        run.number, run.added, run.changed, run.gone, run.departments
    );
    let mut lines = vec![counts];
    lines.extend(match run.state {
        SyncState::Done if run.failed.is_empty() => None,
        SyncState::Done => Some("Some could not be asked for, and stay (--accept-removals removes them):".to_owned()),
        SyncState::Running => Some("It is not over: another node is at it, or was stopped.".to_owned()),
        SyncState::Incomplete => Some("Parts could not be read, so nobody was removed:".to_owned()),
        SyncState::Held => Some(format!(
            "{} people would have been removed, more than a tenth, so nobody was. If that is right: --accept-removals",
            run.gone
        )),
        SyncState::Failed => Some("It was given up:".to_owned()),
    });
    lines.extend(run.failed.iter().map(|failed| format!("  {failed}")));
    if !run.odd.is_empty() {
        lines.push("Records that can not be used; who has one stays as they are:".to_owned());
        lines.extend(run.odd.iter().map(|odd| format!("  {odd}")));
    }
    lines.extend(run.examples.iter().map(|one| format!("  {} {} ({})", one.change, one.name, one.id)));
    lines.join("\n")
}

fn value(run: &SyncRun) -> Value {
    json!({
        "number": run.number, "dry": run.dry, "state": run.state, "started_at": run.started_at, "ended_at": run.ended_at,
        "added": run.added, "changed": run.changed, "gone": run.gone, "departments": run.departments,
        "failed": run.failed, "quarantined": run.odd, "examples": run.examples,
    })
}
