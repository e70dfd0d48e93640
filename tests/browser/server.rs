//! The real binary, started in an empty folder as a newcomer would.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use super::ending::Ending;

/// A running Hufu; killed by its process id when dropped.
pub struct Server {
    pub issuer: String,
    /// The one-time link it printed.
    pub set_up: String,
    _child: Ending,
    folder: tempfile::TempDir,
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Two ports that follow each other: the public one, and practice beside it.
fn port_pair() -> u16 {
    for _ in 0..200 {
        let port = free_port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return port;
        }
    }
    panic!("no two free ports beside each other");
}

impl Server {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = port_pair();
        let child = Command::new(env!("CARGO_BIN_EXE_hufu"))
            .current_dir(folder.path())
            .env("HUFU_LISTEN", format!("127.0.0.1:{port}"))
            .env("HUFU_LOG_LEVEL", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut child = Ending(child);
        let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
        let mut said = String::new();
        let set_up = loop {
            let line = lines.next().expect("it says where to set it up").unwrap();
            said.push_str(&line);
            if let Some(at) = line.find("http") {
                let address = line[at..].trim();
                if address.contains("/setup/") {
                    break address.to_owned();
                }
            }
        };
        assert_eq!(said.matches("/setup/").count(), 1, "one link: {said}");
        Self { issuer: format!("http://localhost:{port}"), set_up, _child: child, folder }
    }

    /// Asks the practice world, as a script of its own would.
    pub async fn get(&self, path: &str) -> String {
        self.ask(reqwest::Method::GET, path, None).await
    }

    /// Tells the practice world something.
    pub async fn post(&self, path: &str, body: &serde_json::Value) -> String {
        self.ask(reqwest::Method::POST, path, Some(body)).await
    }

    /// Sets something in the practice world.
    pub async fn put(&self, path: &str, body: &serde_json::Value) -> String {
        self.ask(reqwest::Method::PUT, path, Some(body)).await
    }

    async fn ask(&self, method: reqwest::Method, path: &str, body: Option<&serde_json::Value>) -> String {
        let url = format!("{}{path}", self.practice());
        let mut request = reqwest::Client::builder().no_proxy().build().unwrap().request(method, url);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        text
    }

    /// The origin of the practice world: the port beside ours.
    pub fn practice(&self) -> String {
        let port: u16 = self.issuer.rsplit(':').next().unwrap().parse().unwrap();
        format!("http://127.0.0.1:{}", port + 1)
    }

    /// A file in its folder; where it is.
    pub fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs a command of the same binary on the same store, and answers its standard output.
    pub fn command(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_hufu"))
            .current_dir(self.folder.path())
            .env("HUFU_LISTEN", self.issuer.replace("http://localhost", "127.0.0.1"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}
