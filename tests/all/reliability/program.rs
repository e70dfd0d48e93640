//! The real binary as a process of its own, to be killed and started again on the same place.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hufu::base::random::Random;
use hufu::base::secret::MasterKey;
use hufu::store::Location;

/// The longest anything of a process is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder, a port and settings: what a restart finds again.
pub struct Installation {
    /// Of the public listener.
    pub port: u16,
    folder: tempfile::TempDir,
    settings: Vec<(String, String)>,
}

/// A running one; killed by its process id when dropped.
pub struct Program {
    child: Child,
    /// From the start of the process to the first `/readyz` that says yes.
    pub ready_after: Duration,
}

/// A port below those the kernel gives to outgoing connections, so that nobody takes it during a restart.
pub fn quiet_port() -> u16 {
    for _ in 0..200 {
        let port = 20_000 + u16::from_le_bytes(Random::System.bytes::<2>()) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port");
}

impl Installation {
    /// With the smallest hashing that is allowed, and `settings` (key, value) over it.
    pub fn new(settings: &[(&str, &str)]) -> Self {
        let port = quiet_port();
        let mut all = vec![
            ("listen".to_owned(), format!("127.0.0.1:{port}")),
            ("practice.enabled".to_owned(), "false".to_owned()),
            ("hashing.memory_kib".to_owned(), "7168".to_owned()),
            ("hashing.passes".to_owned(), "1".to_owned()),
            ("hashing.permits".to_owned(), "2".to_owned()),
        ];
        all.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        Self { port, folder: tempfile::tempdir().unwrap(), settings: all }
    }

    /// On this store.
    pub fn on(location: &Location, settings: &[(&str, &str)]) -> Self {
        let key = MasterKey::generate(&Random::System).to_text();
        let mut all = settings.to_vec();
        let Location::Postgres(address) = location else { return Self::new(&all) };
        all.extend([("store", address.expose()), ("master_key", key.as_str())]);
        Self::new(&all)
    }

    /// Sets one more key for the starts that follow.
    pub fn set(&mut self, key: &str, value: &str) {
        self.settings.push((key.to_owned(), value.to_owned()));
    }

    /// Where it lives.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `http://localhost:{port}`.
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hufu"));
        command.current_dir(self.folder());
        for (key, value) in &self.settings {
            command.env(format!("HUFU_{}", key.replace('.', "_").to_ascii_uppercase()), value);
        }
        command
    }

    fn log(&self, name: &str) -> File {
        OpenOptions::new().create(true).append(true).open(self.folder().join(name)).unwrap()
    }

    /// All it has written to standard output and standard error so far.
    pub fn said(&self) -> String {
        ["stdout", "stderr"].map(|name| std::fs::read_to_string(self.folder().join(name)).unwrap_or_default()).concat()
    }

    /// Starts it; it listens when this returns.
    pub fn spawn(&self) -> Program {
        let began = Instant::now();
        let (out, err) = (self.log("stdout"), self.log("stderr"));
        let child = self.command().stdout(out).stderr(err).spawn().unwrap();
        let mut program = Program { child, ready_after: Duration::ZERO };
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if let Some(status) = program.child.try_wait().unwrap() {
                panic!("it ended with {status}: {}", self.said());
            }
            assert!(began.elapsed() < PATIENCE, "it does not listen: {}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        }
        program.ready_after = began.elapsed();
        program
    }

    /// Starts it and waits until it says that it is ready.
    pub async fn start(&self) -> Program {
        let began = Instant::now();
        let mut program = self.spawn();
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let ready = format!("{}/readyz", self.issuer());
        while !client.get(&ready).send().await.is_ok_and(|answer| answer.status() == 200) {
            assert!(began.elapsed() < PATIENCE, "it does not get ready: {}", self.said());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        program.ready_after = began.elapsed();
        program
    }

    /// Runs a command of the same binary on the same place and answers its JSON.
    pub fn command_line(&self, arguments: &[&str], input: &str) -> serde_json::Value {
        Self::run(self.command(), arguments, input)
    }

    /// The same with these variables over its own.
    pub fn command_line_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> serde_json::Value {
        let mut command = self.command();
        command.envs(variables.iter().copied());
        Self::run(command, arguments, "")
    }

    fn run(mut command: Command, arguments: &[&str], input: &str) -> serde_json::Value {
        command.args(arguments).arg("--json").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "hufu {arguments:?}: {said} {complained}");
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("hufu {arguments:?}: {error}: {said}"))
    }

    /// Registers an application of our own that keeps a secret; answers the secret.
    pub fn application(&self, id: &str, redirect_uri: &str) -> String {
        let arguments = ["app", "add", "--id", id, "--name", id, "--redirect-uri", redirect_uri, "--first-party"];
        self.command_line(&arguments, "")["client_secret"].as_str().unwrap().to_owned()
    }

    /// Makes a person with this password.
    pub fn person(&self, username: &str, email: &str, password: &str) {
        let arguments = ["user", "add", "--username", username, "--email", email, "--keep-password"];
        self.command_line(&arguments, password);
    }
}

impl Program {
    /// Bytes of it in RAM now.
    pub fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most bytes of it that were in RAM at once.
    pub fn peak_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// A line of `/proc/{pid}/status`, in bytes (proc(5)).
    fn status(&self, name: &str) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Whether it ends by itself, within some seconds.
    pub async fn ends(&mut self) -> bool {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }

    /// `kill -9`: no word to it, nothing finished, nothing flushed.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
