//! The release binary as a process of its own, with its CPU time and memory as the kernel counts them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

pub struct Server {
    pub port: u16,
    child: Child,
    folder: TempDir,
    beside: Vec<(&'static str, String)>,
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn command(folder: &Path, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hufu"));
    command
        .current_dir(folder)
        .env("HUFU_LISTEN", format!("127.0.0.1:{port}"))
        .env("HUFU_PRACTICE_ENABLED", "false")
        .env("HUFU_LOG_LEVEL", "error");
    command
}

impl Server {
    pub fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), free_port())
    }

    /// On a store that is there already.
    pub fn start_in(folder: TempDir, port: u16) -> Self {
        let command = command(folder.path(), port);
        Self::spawn(command, port, folder, Vec::new())
    }

    /// One of several on one PostgreSQL, on a core of its own.
    pub fn node(core: usize, beside: Vec<(&'static str, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let whole = command(folder.path(), port);
        let mut pinned = Command::new("taskset");
        pinned.args(["-c", &core.to_string()]).arg(whole.get_program()).current_dir(folder.path());
        pinned.envs(whole.get_envs().filter_map(|(name, value)| Some((name, value?)))).envs(beside.clone());
        Self::spawn(pinned, port, folder, beside)
    }

    fn spawn(mut command: Command, port: u16, folder: TempDir, beside: Vec<(&'static str, String)>) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let server = Self { port, child, folder, beside };
        server.wait();
        server
    }

    fn wait(&self) {
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// Runs a command of the same binary on the same store and answers its JSON.
    pub fn cli(&self, arguments: &[&str], input: &str) -> serde_json::Value {
        let mut child = command(self.folder.path(), self.port)
            .envs(self.beside.clone())
            .args(arguments)
            .arg("--json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "hufu {arguments:?} failed");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// CPU seconds of the server so far, user and system.
    pub fn cpu_seconds(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
        // USER_HZ is 100 on every Linux this runs on (proc(5)).
        ticks / 100.0
    }

    fn status_mib(&self, name: &str) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }

    pub fn memory_mib(&self) -> f64 {
        self.status_mib("VmRSS")
    }

    pub fn peak_mib(&self) -> f64 {
        self.status_mib("VmHWM")
    }

    /// Stops the server and hands its folder on.
    pub fn stop(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    /// Milliseconds from start of the process to the first 200.
    pub fn cold_start_ms(folder: &Path) -> f64 {
        let port = free_port();
        let began = Instant::now();
        // The issuer is remembered by the store, so it is given with the port of now.
        let mut child = command(folder, port).args(["serve", "--change-issuer"]).stdout(Stdio::null()).spawn().unwrap();
        let mut answered = false;
        while !answered {
            if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
                stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
                let mut line = String::new();
                let read = BufReader::new(stream).read_line(&mut line);
                answered = read.is_ok() && line.contains("200");
            } else {
                std::thread::sleep(std::time::Duration::from_micros(500));
            }
        }
        let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
        child.kill().unwrap();
        child.wait().unwrap();
        milliseconds
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
