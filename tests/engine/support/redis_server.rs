//! A Redis of the test's own: on a free port, in a folder that is removed with it, never the
//! machine's. It ends when it is dropped, also when the test panics.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;

/// How often another port is tried when somebody was faster to take the free one.
const PORTS: usize = 20;

pub struct RedisServer {
    child: Child,
    port: u16,
    /// How it is reached, as it is told, and what else it is told.
    listening: Vec<String>,
    folder: TempDir,
}

impl RedisServer {
    /// A durable one: `appendonly yes`, `appendfsync always`.
    pub fn start() -> Self {
        Self::listening(|port| vec!["--port".into(), port.to_string()])
    }

    /// One whose log is on the disk only a second later (`appendfsync everysec`): a full disk does not end it.
    pub fn start_synced_later() -> Self {
        Self::listening(|port| {
            let port = port.to_string();
            let args = ["--port", &port, "--appendfsync", "everysec"];
            args.map(String::from).into()
        })
    }

    /// One that is reached by encrypted connections only, with `server.crt` and `server.key` of this folder.
    pub fn start_encrypted(folder: &Path) -> Self {
        let file = |name: &str| folder.join(name).display().to_string();
        let (certificate, key) = (file("server.crt"), file("server.key"));
        Self::listening(|port| {
            let port = port.to_string();
            let args = [
                "--port",
                "0",
                "--tls-port",
                &port,
                "--tls-auth-clients",
                "no",
            ];
            let files = ["--tls-cert-file", &certificate, "--tls-key-file", &key];
            let all = ["--tls-ca-cert-file", &certificate];
            [&args[..], &files, &all]
                .concat()
                .into_iter()
                .map(String::from)
                .collect()
        })
    }

    fn listening(listening: impl Fn(u16) -> Vec<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..PORTS {
            let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
            let port = free.local_addr().unwrap().port();
            drop(free);
            let listening = listening(port);
            if let Some(child) = run(&folder, &listening) {
                return Self {
                    child,
                    port,
                    listening,
                    folder,
                };
            }
        }
        panic!("redis-server does not start on any of {PORTS} free ports");
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes it stop answering, with its connections open; or go on.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Lets its files grow to so many bytes from now on; `None`: as far as there is room. It does not outlive the server.
    pub fn let_files_grow(&self, to: Option<u64>) {
        let to = to.map_or("unlimited".to_owned(), |to| to.to_string());
        let set = Command::new("prlimit")
            .args(["--pid", &self.child.id().to_string()])
            .arg(format!("--fsize={to}:"))
            .status();
        assert!(set.unwrap().success());
    }

    /// Until it has ended by itself.
    pub fn ends(&mut self) {
        self.child.wait().unwrap();
    }

    /// SIGKILL: nothing is tidied up.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts again on the same port, with what is in the folder.
    pub fn restart(&mut self) {
        self.child = run(&self.folder, &self.listening).unwrap();
    }

    /// Removes what is on the disk of one that was killed.
    pub fn forget(&mut self) {
        let files = self.folder.path().join("appendonlydir");
        std::fs::remove_dir_all(files).unwrap();
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a shell answers that has not found the program.
const NOT_FOUND: i32 = 127;

/// Returns when the server says that it is ready; `None` when it ended instead.
fn run(folder: &TempDir, listening: &[String]) -> Option<Child> {
    // Ignored, the signal of a file that may not grow becomes an error of whoever writes.
    let mut child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec redis-server \"$@\"", "sh"])
        .args(["--bind", "127.0.0.1"])
        .arg("--dir")
        .arg(folder.path())
        .args(["--appendonly", "yes", "--appendfsync", "always"])
        .args(["--save", "", "--daemonize", "no"])
        .args(listening)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Its own word, because somebody else's server might answer on that port.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let is_ready = lines
        .by_ref()
        .map_while(Result::ok)
        .any(|line| line.contains("Ready to accept connections"));
    if !is_ready {
        let ended = child.wait().unwrap();
        assert!(
            ended.code() != Some(NOT_FOUND),
            "redis-server is missing: install the package `redis-server` (scripts/setup.sh test does on Debian)"
        );
        return None;
    }
    // It must never wait for somebody to read what else it says.
    thread::spawn(move || lines.for_each(drop));
    Some(child)
}
