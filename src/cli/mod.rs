//! The command line: one file per command.
//!
//! It knows words and exit codes, and calls `app`, `admin` and `store` for
//! everything else. `hufu` alone serves.

mod admin_link;
mod app;
mod backup;
mod config;
mod connector;
mod doctor;
mod key;
mod org;
mod output;
mod practice;
mod resource;
mod sender;
mod serve;
mod settings;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::{App, StartError};
use crate::base::clock::Clock;
use crate::base::random::Random;
use crate::config::{Config, Mistake, Sources};
use output::Output;

/// Hufu: sign-in for your applications, in one binary.
#[derive(Debug, Parser)]
#[command(
    name = "hufu",
    version,
    about,
    after_help = "Example: hufu            serve on http://localhost:8080, everything in ./data"
)]
struct Line {
    /// Configuration file [default: hufu.toml where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set a key of the configuration, over file and environment
    #[arg(long = "set", short = 's', global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Answer in JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (the default)
    Serve(serve::Serve),
    /// Check configuration, store, keys, clock and every connector
    Doctor,
    /// Links for administrators
    #[command(subcommand)]
    Admin(admin_link::Admin),
    /// Applications
    #[command(subcommand)]
    App(app::AppCommand),
    /// People
    #[command(subcommand)]
    User(user::User),
    /// Sign-in methods
    #[command(subcommand)]
    Connector(connector::Connector),
    /// Senders of short messages
    #[command(subcommand)]
    Sender(sender::Sender),
    /// Organisations, their people and the files that platforms fetch
    #[command(subcommand)]
    Org(Box<org::OrgCommand>),
    /// Resource servers that access tokens may name
    #[command(subcommand)]
    Resource(resource::ResourceCommand),
    /// Password rules, registration and how long tokens live
    #[command(subcommand)]
    Settings(settings::Settings),
    /// Signing keys and the master key
    #[command(subcommand)]
    Key(key::Key),
    /// The configuration in force
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Serve the simulated platforms under their real host names, for testing any client
    Practice(practice::Practice),
    /// Copy the SQLite store while it serves
    Backup(backup::Backup),
    /// Put a copy back (the server must be stopped)
    Restore(backup::Restore),
}

/// What a command came to: nothing more to say, or a sentence for standard error and exit code 1.
type Outcome = Result<(), Failure>;

/// Why a command failed, for people and for programs.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Said(String),
    #[error("the configuration has {} mistake(s)", .0.len())]
    Configuration(Vec<Mistake>),
    /// Findings were printed already; only the exit code says it.
    #[error("")]
    Found,
}

impl From<crate::store::Error> for Failure {
    fn from(error: crate::store::Error) -> Self {
        Self::Said(error.to_string())
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Said(error.to_string())
    }
}

impl From<crate::admin::AdminError> for Failure {
    fn from(error: crate::admin::AdminError) -> Self {
        Self::Said(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Said(error.to_string())
    }
}

/// What every command is given.
struct Context {
    sources: Sources,
    output: Output,
}

impl Context {
    fn config(&self) -> Result<Config, Failure> {
        Config::read(&self.sources).map_err(Failure::Configuration)
    }

    /// The application over the configured store, for commands that change or list something.
    async fn app(&self) -> Result<App, Failure> {
        let config = self.config()?;
        crate::telemetry::start_logs(&crate::config::Log { level: "warn".to_owned(), json: false });
        Ok(App::build(config, Clock::System, Random::System).await?)
    }
}

/// Runs the command of this process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let line = Line::parse();
    let output = Output::new(line.json);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.failed(&Failure::Said(format!("the runtime does not start: {error}"))),
    };
    match runtime.block_on(run(line, output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.failed(&failure),
    }
}

async fn run(line: Line, output: Output) -> Outcome {
    let context = Context { sources: Sources::of_process(line.config, flags(&line.set)?), output };
    match line.command.unwrap_or(Command::Serve(serve::Serve::default())) {
        Command::Serve(command) => Box::pin(command.run(&context)).await,
        Command::Doctor => doctor::run(&context).await,
        Command::Admin(command) => Box::pin(command.run(&context)).await,
        Command::App(command) => Box::pin(command.run(&context)).await,
        Command::User(command) => Box::pin(command.run(&context)).await,
        Command::Connector(command) => Box::pin(command.run(&context)).await,
        Command::Sender(command) => Box::pin(command.run(&context)).await,
        Command::Org(command) => Box::pin(command.run(&context)).await,
        Command::Resource(command) => Box::pin(command.run(&context)).await,
        Command::Settings(command) => Box::pin(command.run(&context)).await,
        Command::Key(command) => Box::pin(command.run(&context)).await,
        Command::Config(command) => command.run(&context),
        Command::Practice(command) => Box::pin(command.run(&context)).await,
        Command::Backup(command) => Box::pin(command.run(&context)).await,
        Command::Restore(command) => Box::pin(command.run(&context)).await,
    }
}

fn flags(set: &[String]) -> Result<Vec<(String, String)>, Failure> {
    set.iter()
        .map(|pair| match pair.split_once('=') {
            Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
            None => Err(Failure::Said(format!("--set {pair}: write it as KEY=VALUE"))),
        })
        .collect()
}
