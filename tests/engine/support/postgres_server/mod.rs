//! A PostgreSQL of the test's own: in a folder of its own, on a socket in that folder, and gone with it.
//!
//! It never listens on a port, so it meets no other server.

mod programs;

use std::{
    fs,
    io::Write,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;

use self::programs::{as_postgres, give_away, program, run, template};

/// It is part of the socket's name only.
const PORT: &str = "54329";

/// How often a server that was killed is started, until nothing of the old one is left.
const ATTEMPTS: usize = 200;

/// Runs the server given behind the folder, and ends it with the signal that is read, or when the
/// test program is gone: only that holds the other end of the pipe. Then nobody else is
/// left to remove the folder.
const KEEPER: &str = r#"
    exec 3<&0 </dev/null
    {
        read -r signal <&3 || touch "$0/orphaned"
        kill -"${signal:-QUIT}" "$(head -n 1 "$0/data/postmaster.pid")"
    } &
    reader=$!
    "$@" 3<&-
    kill $reader
    if [ -e "$0/orphaned" ]; then rm -rf "$0"; fi"#;

/// Whether a commit is on disk when it is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// As in earnest: for tests that kill the server.
    Synced,
    /// For tests that do not care, quicker.
    Unsynced,
}

/// A running server. Dropping it ends it and removes its folder.
#[derive(Debug)]
pub struct PostgresServer {
    folder: TempDir,
    disk: Disk,
    /// `None` while it is killed.
    keeper: Mutex<Option<Child>>,
    databases: AtomicU32,
}

impl PostgresServer {
    pub fn start(disk: Disk) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("holdfast-postgres-")
            .tempdir()
            .unwrap();
        run(Command::new("cp")
            .arg("-R")
            .arg(template())
            .arg(folder.path().join("data")));
        give_away(folder.path());
        let server = Self {
            folder,
            disk,
            keeper: Mutex::new(None),
            databases: AtomicU32::new(0),
        };
        server.start_again();
        server
    }

    /// One server for all tests of this process that run at the time: the last to leave ends it.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<PostgresServer>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start(Disk::Unsynced));
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Starts it after [`PostgresServer::kill`], on the same data.
    pub fn start_again(&self) {
        let killed = self.status();
        let killed = killed.lines().next();
        for _ in 0..ATTEMPTS {
            self.spawn();
            if self.is_ready(killed) {
                return;
            }
            // The killed server's children hold its memory until they notice.
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("PostgreSQL does not start: {}", self.log());
    }

    fn spawn(&self) {
        let synced = if self.disk == Disk::Synced {
            "on"
        } else {
            "off"
        };
        let data = self.folder.path().join("data");
        let mut server = as_postgres(&program("postgres"));
        server
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(self.folder.path());
        server.args(["-p", PORT, "-c", "listen_addresses=", "-c"]);
        server.arg(format!("fsync={synced}"));
        server.args(["-c", "log_min_messages=fatal", "-c", "max_connections=200"]);
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER]).arg(self.folder.path());
        keeper.arg(server.get_program()).args(server.get_args());
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .unwrap();
        // A group of its own: who interrupts the tests does not interrupt the keeper.
        let child = keeper
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        *self.keeper() = Some(child);
    }

    /// Whether connections are let in, asked again and again; `false` when the server ended.
    fn is_ready(&self, killed: Option<&str>) -> bool {
        loop {
            let status = self.status();
            let mut lines = status.lines();
            let (pid, state) = (lines.next(), lines.nth(6));
            if pid != killed && state.is_some_and(|state| state.trim() == "ready") {
                return true;
            }
            if self
                .keeper()
                .as_mut()
                .unwrap()
                .try_wait()
                .unwrap()
                .is_some()
            {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What the server says of itself: its process in the first line, how far it is in the eighth.
    fn status(&self) -> String {
        fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap_or_default()
    }

    /// `kill -9` of the server, as a power cut would end it.
    pub fn kill(&self) {
        self.end("KILL");
    }

    /// The address of a new and empty database.
    pub fn database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        run(self
            .psql("postgres")
            .args(["-c", &format!("CREATE DATABASE {name}")]));
        let host = self.folder.path().display();
        format!("postgres://postgres@localhost:{PORT}/{name}?host={host}")
    }

    /// Somebody else at the same database.
    pub fn psql(&self, database: &str) -> Command {
        let mut psql = self.client("psql");
        psql.args(["-X", "-q", "-A", "-t", "-d", database]);
        psql
    }

    /// One of PostgreSQL's own programs that speak to a server.
    pub fn client(&self, name: &str) -> Command {
        let mut client = Command::new(program(name));
        client.args(["-U", "postgres", "-p", PORT, "-h"]);
        client.arg(self.folder.path());
        client
    }

    fn end(&self, signal: &str) {
        let Some(mut keeper) = self.keeper().take() else {
            return;
        };
        let mut order = keeper.stdin.take().unwrap();
        // It may have ended by itself; then there is nobody to hear this.
        let _ = writeln!(order, "{signal}");
        drop(order);
        let _ = keeper.wait();
    }

    fn keeper(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.end("QUIT");
    }
}
