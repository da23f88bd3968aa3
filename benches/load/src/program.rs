//! Server programs: started on free ports, in folders of their own, and gone with the scenario.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::{
    answer::Wire,
    connection::Connection,
    error::{Error, Result},
    process::Process,
    request::Access,
};

/// What a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);
/// A server that has no port yet is asked again so soon: a start is measured with it.
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// The kind of the states that are written: as a program of one's own would have it.
const KINDS: &str = "[kinds.note]\nfirst = \"kept\"\nupdate = [\"kept\"]\n";

/// Limits that are meant for people, not for one program that is many of them; everything else is as it comes.
const SETTINGS: [(&str, &str); 7] = [
    ("HOLDFAST_LIMITS__ADDRESS_PER_SECOND", "0"),
    ("HOLDFAST_LIMITS__ACCOUNT_PER_SECOND", "0"),
    ("HOLDFAST_LIMITS__TOKEN_PER_SECOND", "0"),
    ("HOLDFAST_LIVE__LISTENERS", "100000"),
    ("HOLDFAST_LIVE__LISTENERS_PER_SESSION", "100000"),
    ("HOLDFAST_SESSION__OPENED_PER_MINUTE", "1000000"),
    ("HOLDFAST_STATE__SCOPE_STATES", "10000000"),
];

/// Settings of one scenario: variables and values.
pub type Settings = Vec<(&'static str, String)>;

/// A data folder and what a server on it is told. Removed with everything in it.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
    program: PathBuf,
    site: PathBuf,
    settings: Settings,
}

impl Home {
    /// `program` is the server, `site` the built site.
    pub fn new(program: &Path, site: &Path, settings: Settings) -> Result<Self> {
        if !program.exists() {
            return Err(Error::NoProgram(program.into()));
        }
        let folder = tempfile::Builder::new().prefix("holdfast-load-").tempdir();
        let folder = folder.map_err(Error::io("a temporary folder"))?;
        let file = folder.path().join("holdfast.toml");
        fs::write(&file, KINDS).map_err(Error::io(file.display().to_string()))?;
        Ok(Self {
            folder,
            program: program.into(),
            site: site.into(),
            settings,
        })
    }

    /// Where the server keeps its data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of the program's commands, in this folder.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .env("HOLDFAST_CONFIG", self.folder.path().join("holdfast.toml"))
            .env("HOLDFAST_DATA_DIR", self.data())
            .env("HOLDFAST_SITE_DIR", &self.site)
            .envs(SETTINGS)
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end; what it printed.
    pub fn run(&self, words: &[&str], input: &str) -> Result<String> {
        let failed = |why: String| Error::Command(words.join(" "), why);
        let child = self
            .command(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.map_err(|error| failed(error.to_string()))?;
        if let Some(mut stdin) = child.stdin.take() {
            // Who does not read what it is told says by itself what is wrong.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = child
            .wait_with_output()
            .map_err(|error| failed(error.to_string()))?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
            false => Err(failed(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            )),
        }
    }

    /// Starts a server, and returns when it has answered for the first time.
    pub async fn serve(&self) -> Result<Server> {
        let address = free_address()?;
        let log = self.folder.path().join(format!("{}.log", address.port()));
        let file = File::create(&log).map_err(Error::io(log.display().to_string()))?;
        let mut command = self.command(&["serve"]);
        command.env("HOLDFAST_SERVER__ADDR", address.to_string());
        command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(Stdio::null());
        let start = Instant::now();
        let child = command.spawn().map_err(Error::io("starting the server"))?;
        let mut server = Server {
            child,
            address,
            log,
            started_in: Duration::ZERO,
        };
        while !server.answers().await {
            if start.elapsed() > PATIENCE || server.has_ended() {
                return Err(Error::NotReady(start.elapsed(), server.told()));
            }
            sleep(BETWEEN_LOOKS).await;
        }
        server.started_in = start.elapsed();
        Ok(server)
    }
}

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    log: PathBuf,
    /// From its start to its first answer.
    pub started_in: Duration,
}

impl Server {
    pub fn process(&self) -> Process {
        Process(self.child.id())
    }

    pub async fn connect(&self) -> Result<Connection> {
        let connection = Connection::open(self.address, Wire::Http).await;
        connection.map_err(Error::io(format!("a connection to {}", self.address)))
    }

    async fn answers(&self) -> bool {
        let Ok(mut connection) = Connection::open(self.address, Wire::Http).await else {
            return false;
        };
        let request = Access::nobody(self.address).get("/health/ready");
        let answer = connection.ask(&request).await;
        answer.is_ok_and(|answer| answer.is_good())
    }

    fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_some())
    }

    fn told(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody may be faster to take it, which the server says.
pub fn free_address() -> Result<SocketAddr> {
    let free = || -> io::Result<SocketAddr> { TcpListener::bind("127.0.0.1:0")?.local_addr() };
    free().map_err(Error::io("a free port"))
}
