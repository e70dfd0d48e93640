//! `hufu doctor`: configuration, store, keys, clock, address and every connector, in a table.

use serde::Serialize;

use super::{Context, Failure, Outcome};
use crate::admin::Actor;
use crate::app::App;
use crate::base::clock::Clock;
use crate::base::lang::Lang;
use crate::base::random::Random;
use crate::config::Config;
use crate::connectors::Level;

#[derive(Serialize)]
struct Row {
    level: Level,
    what: String,
    text: String,
}

pub(super) async fn run(context: &Context) -> Outcome {
    let mut rows = Vec::new();
    match Config::read(&context.sources) {
        Err(mistakes) => {
            rows.extend(mistakes.iter().map(|m| row(Level::Error, &format!("configuration {}", m.key), &m.text)));
        }
        Ok(config) => {
            rows.push(row(Level::Ok, "configuration", "no mistakes"));
            address(&config, &mut rows);
            match App::build(config, Clock::System, Random::System).await {
                Ok(app) => checks(&app, &mut rows).await,
                Err(error) => rows.push(row(Level::Error, "start", &error.to_string())),
            }
        }
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let level = match row.level {
                Level::Ok => "ok",
                Level::Warning => "warning",
                Level::Error => "ERROR",
            };
            vec![level.to_owned(), row.what.clone(), row.text.clone()]
        })
        .collect();
    context.output.table(&["", "WHAT", "FOUND"], &cells, &rows);
    if rows.iter().any(|row| row.level == Level::Error) { Err(Failure::Found) } else { Ok(()) }
}

fn row(level: Level, what: &str, text: &str) -> Row {
    Row { level, what: what.to_owned(), text: text.to_owned() }
}

fn address(config: &Config, rows: &mut Vec<Row>) {
    if config.issuer.starts_with("http://") {
        rows.push(row(Level::Warning, "issuer", &format!("{}: only for this machine", config.issuer)));
    } else {
        rows.push(row(Level::Ok, "issuer", &config.issuer));
    }
    let behind = !config.trusted_proxies.is_empty();
    if config.tls.is_none() && config.issuer.starts_with("https://") && !behind {
        let text = "TLS ends in front of Hufu, but trusted_proxies is empty: every visitor has the proxy's address";
        rows.push(row(Level::Warning, "proxy", text));
    }
}

async fn checks(app: &App, rows: &mut Vec<Row>) {
    match app.store.integrity().await {
        Ok(()) => rows.push(row(Level::Ok, "store", "reachable and whole")),
        Err(error) => rows.push(row(Level::Error, "store", &error.to_string())),
    }
    let now = app.clock.now();
    match app.store.keys().await {
        Ok(keys) => {
            let signing = keys.iter().filter(|key| super::key::state(key, &keys, now) == "signs").count();
            rows.push(if signing == 0 {
                row(Level::Error, "signing keys", "none signs: make new ones with `hufu key rotate`")
            } else {
                row(Level::Ok, "signing keys", &format!("{signing} sign, {} in the store", keys.len()))
            });
        }
        Err(error) => rows.push(row(Level::Error, "signing keys", &error.to_string())),
    }
    // A clock before this program was written is a clock that was never set.
    if now < 1_790_000_000 {
        rows.push(row(Level::Error, "clock", "stands in the past; tokens will be refused everywhere"));
    } else {
        rows.push(row(Level::Ok, "clock", "plausible"));
    }
    match app.store.administrators().await {
        Ok(0) => rows.push(row(Level::Warning, "administrators", "nobody yet: open the link of `hufu admin link`")),
        Ok(1) => {
            rows.push(row(Level::Warning, "administrators", "only one: make a second, so that nobody is locked out"));
        }
        Ok(many) => rows.push(row(Level::Ok, "administrators", &many.to_string())),
        Err(error) => rows.push(row(Level::Error, "administrators", &error.to_string())),
    }
    senders(app, rows).await;
    connectors(app, rows).await;
}

async fn senders(app: &App, rows: &mut Vec<Row>) {
    match app.admin.sender_findings(Lang::En).await {
        Ok(findings) => {
            rows.extend(findings.iter().map(|f| row(f.level, &f.subject, &f.text)));
        }
        Err(error) => rows.push(row(Level::Error, "senders", &error.to_string())),
    }
}

async fn connectors(app: &App, rows: &mut Vec<Row>) {
    let listed = match app.store.connectors().await {
        Ok(listed) => listed,
        Err(error) => return rows.push(row(Level::Error, "connectors", &error.to_string())),
    };
    for connector in listed.iter().filter(|connector| connector.enabled) {
        let what = format!("connector {}", connector.name);
        match app.admin.check_connector(&Actor::command_line(), &connector.name, Lang::En).await {
            Ok(findings) => {
                rows.extend(findings.iter().map(|f| row(f.level, &format!("{what}: {}", f.subject), &f.text)));
            }
            Err(error) => rows.push(row(Level::Error, &what, &error.to_string())),
        }
    }
}
