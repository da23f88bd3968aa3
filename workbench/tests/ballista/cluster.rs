//! A cluster of the tests' own: a scheduler and executors, as processes on free ports.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use workbench::query::ballista::Ballista;

/// How long a process may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// They end with it.
pub struct Cluster {
    pub addr: SocketAddr,
    pub scheduler: Process,
    pub executors: Vec<Executor>,
    _folder: TempDir,
}

pub struct Executor {
    pub process: Process,
    folder: PathBuf,
}

pub struct Process(Child);

impl Process {
    fn start(program: &str, arguments: &[String], log: &Path) -> Self {
        let program = built(&format!("examples/{program}"));
        let log = fs::File::create(log).unwrap();
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        Self(child.unwrap())
    }

    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Sends a signal: STOP, CONT.
    pub fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Executor {
    /// Whether it has computed anything.
    pub fn has_worked(&self) -> bool {
        fs::read_dir(&self.folder).unwrap().next().is_some()
    }
}

impl Cluster {
    /// A scheduler and so many executors.
    pub fn start(executors: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let addr = free_addr();
        let log = folder.path().join("scheduler.log");
        let scheduler = Process::start("ballista_scheduler", &[addr.to_string()], &log);
        wait_for(addr);
        let executor = |number| {
            let (flight, grpc) = (free_addr(), free_addr());
            let work = folder.path().join(format!("executor-{number}"));
            fs::create_dir(&work).unwrap();
            let arguments = [addr, flight, grpc].map(|addr| addr.to_string());
            let arguments = [&arguments[..], &[work.display().to_string()]].concat();
            let log = folder.path().join(format!("executor-{number}.log"));
            let process = Process::start("ballista_executor", &arguments, &log);
            wait_for(flight);
            Executor {
                process,
                folder: work,
            }
        };
        let executors = (0..executors).map(executor).collect();
        Self {
            addr,
            scheduler,
            executors,
            _folder: folder,
        }
    }

    /// How it is told to a workbench.
    pub fn ballista(&self) -> Ballista {
        at(self.addr)
    }
}

/// A cluster whose scheduler is here, or nowhere.
pub fn at(addr: SocketAddr) -> Ballista {
    Ballista {
        scheduler: addr.to_string(),
        program: built("holdfast-ballista"),
        patience: PATIENCE,
    }
}

/// A program beside this one. They are built apart.
fn built(name: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let target = this.parent().and_then(Path::parent).unwrap();
    let program = target.join(name);
    assert!(
        program.is_file(),
        "{} is not there: cargo build --release --locked --all-targets --package holdfast-ballista",
        program.display()
    );
    program
}

pub fn free_addr() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

fn wait_for(addr: SocketAddr) {
    let start = Instant::now();
    while TcpStream::connect(addr).is_err() {
        assert!(start.elapsed() < PATIENCE, "nobody listens on {addr}");
        sleep(Duration::from_millis(20));
    }
}
