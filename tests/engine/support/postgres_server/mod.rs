//! A PostgreSQL of the test's own: in a folder of its own, on a socket in that folder, and gone with it.
//!
//! It listens on a port only where a test is about that, so it meets no other server.

mod programs;

use std::{
    fs,
    io::{self, Write},
    os::unix::process::CommandExt,
    path::Path,
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

/// Runs the server given behind the folder, and ends it with the signal that is read, or when the
/// test program is gone: only that holds the other end of the pipe. Then nobody else is
/// left to remove the folder. A power cut spares nobody, so KILL is for the server's children too, as
/// far as the system names them.
const KEEPER: &str = r#"
    exec 3<&0 </dev/null
    {
        read -r signal <&3 || touch "$0/orphaned"
        server=$(head -n 1 "$0/data/postmaster.pid")
        children=
        if [ "$signal" = KILL ]; then
            children=$(cat "/proc/$server/task/$server/children" 2>/dev/null)
        fi
        kill -"${signal:-QUIT}" "$server" $children
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
    /// Part of the socket's name; with TLS also where it listens.
    port: String,
    /// More settings, and the rules of who may connect how.
    settings: Vec<String>,
    /// `None` while it is killed.
    keeper: Mutex<Option<Child>>,
    databases: AtomicU32,
}

impl PostgresServer {
    pub fn start(disk: Disk) -> Self {
        Self::set(disk, PORT.into(), |_| Vec::new())
    }

    /// One that listens on this port of this machine for encrypted connections only, with the certificate
    /// `server.crt` and the key `server.key` that `prepare` puts into the folder given.
    pub fn start_encrypted(port: u16, prepare: impl FnOnce(&Path)) -> Self {
        Self::set(Disk::Unsynced, port.to_string(), |data| {
            prepare(data);
            fs::write(
                data.join("pg_hba.conf"),
                "local all all trust\nhostssl all all 127.0.0.1/32 trust\n",
            )
            .unwrap();
            ["listen_addresses=127.0.0.1", "ssl=on"]
                .map(String::from)
                .into()
        })
    }

    fn set(disk: Disk, port: String, prepare: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("holdfast-postgres-")
            .tempdir()
            .unwrap();
        run(Command::new("cp")
            .arg("-R")
            .arg(template())
            .arg(folder.path().join("data")));
        let settings = prepare(&folder.path().join("data"));
        give_away(folder.path());
        let server = Self {
            folder,
            disk,
            port,
            settings,
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
        self.spawn();
        let is_ready = self.is_ready(killed.lines().next());
        assert!(is_ready, "PostgreSQL does not start: {}", self.log());
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
        server.args(["-p", &self.port, "-c", "listen_addresses=", "-c"]);
        server.arg(format!("fsync={synced}"));
        server.args(["-c", "log_min_messages=fatal", "-c", "max_connections=200"]);
        for setting in &self.settings {
            server.args(["-c", setting]);
        }
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
            .stdout(Stdio::piped())
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

    /// `kill -9` of the server, as a power cut would end it. Afterwards nobody is left who answers.
    pub fn kill(&self) {
        self.end("KILL");
    }

    /// Lets its files grow to so many bytes from now on; `None`: as far as there is room. It does not outlive the server.
    pub fn let_files_grow(&self, to: Option<u64>) {
        let to = to.map_or("unlimited".to_owned(), |to| to.to_string());
        let limit = |process: &str| {
            let mut prlimit = as_postgres(Path::new("prlimit"));
            prlimit.args(["--pid", process, &format!("--fsize={to}:")]);
            prlimit.output().unwrap().status.success()
        };
        let status = self.status();
        let server = status.lines().next().unwrap();
        // Whoever is started after this has it from the server.
        assert!(limit(server));
        let children = format!("/proc/{server}/task/{server}/children");
        for child in fs::read_to_string(children).unwrap().split_whitespace() {
            // One that has ended meanwhile writes no more.
            assert!(limit(child) || !Path::new("/proc").join(child).exists());
        }
    }

    /// The address of a new and empty database.
    pub fn database(&self) -> String {
        let (name, port, host) = (self.created(), &self.port, self.folder.path().display());
        format!("postgres://postgres@localhost:{port}/{name}?host={host}")
    }

    /// The same over the network.
    pub fn database_at(&self, host: &str) -> String {
        format!(
            "postgres://postgres@{host}:{}/{}",
            self.port,
            self.created()
        )
    }

    fn created(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        run(self
            .psql("postgres")
            .args(["-c", &format!("CREATE DATABASE {name}")]));
        name
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
        client.args(["-U", "postgres", "-p", &self.port, "-h"]);
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
        // Every process of the server holds the other end, and none writes to it: it ends with the last
        // of them. A child that outlives the server answers for a moment, and holds its memory.
        let mut life = keeper.stdout.take().unwrap();
        let _ = io::copy(&mut life, &mut io::sink());
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
