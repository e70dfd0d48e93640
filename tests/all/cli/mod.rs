//! The real binary, as an operator types it: words, exit codes, JSON, and what stands in the store afterwards.

mod applications;
mod configuration;
mod connectors;
mod copies;
mod keys;
mod organisations;
mod people;
mod reseal;
mod senders;
mod settings;
mod words;

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A folder of its own to run in.
pub struct Place {
    folder: tempfile::TempDir,
    port: u16,
}

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { folder: tempfile::tempdir().unwrap(), port }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it would listen.
    pub fn address(&self) -> (&'static str, u16) {
        ("127.0.0.1", self.port)
    }

    pub fn store(&self) -> PathBuf {
        self.folder().join("data").join("hufu.sqlite")
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs it with these variables over the usual ones.
    pub fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str], input: &str) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hufu"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HUFU_")) {
            command.env_remove(name);
        }
        command.current_dir(self.folder()).env("HUFU_LISTEN", format!("127.0.0.1:{}", self.port));
        command.env("HUFU_PRACTICE_ENABLED", "false").env("HUFU_HASHING_MEMORY_KIB", "7168");
        command.env("HUFU_HASHING_PASSES", "1").envs(variables.iter().copied());
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that asks for nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(&[], arguments, "")
    }

    /// One that succeeds, and its answer in JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.json_of(arguments, "")
    }

    pub fn json_of(&self, arguments: &[&str], input: &str) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        let ran = self.run_with(&[], &all, input);
        assert_eq!(ran.code, 0, "hufu {arguments:?}: {ran:?}");
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("hufu {arguments:?}: {error}: {ran:?}"))
    }

    /// One that is refused with exit code 1, and the sentence.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let mut all = arguments.to_vec();
        all.push("--json");
        let ran = self.run(&all);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "hufu {arguments:?}: {ran:?}");
        let said: Value = serde_json::from_str(&ran.err).unwrap();
        said["error"].as_str().unwrap().to_owned()
    }
}
