//! The process that talks to the cluster: asked once, read to its end, and never left behind.

use std::{
    io::{self, Read, Write},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use arrow::{array::RecordBatch, ipc::reader::StreamReader};
use tokio_util::sync::CancellationToken;

use super::{Ballista, failed, job::GatherJob};
use crate::Error;

/// How often is looked whether it was cancelled, or has ended.
const LOOK: Duration = Duration::from_millis(20);
/// How long a client may take to tell the cluster that its work is not wanted any more.
const FAREWELL: Duration = Duration::from_secs(3);
/// Of what the client says when it fails.
const SAID_BYTES: u64 = 4096;

/// An answer that is being read.
pub(super) struct Answer {
    // First, so that a client which waits to be read hears that nobody reads any more.
    batches: Option<StreamReader<ChildStdout>>,
    client: Client,
}

/// A client at work. It ends when this is dropped, or the token cancelled.
struct Client {
    running: Arc<Mutex<Running>>,
    said: Option<JoinHandle<String>>,
    cancel: CancellationToken,
    is_over: CancellationToken,
}

struct Running {
    child: Child,
    /// Open for as long as the answer is wanted.
    input: Option<ChildStdin>,
}

impl Answer {
    /// Starts a client and waits until it understands what the answer will look like.
    pub(super) fn to(
        job: &GatherJob,
        ballista: &Ballista,
        cancel: &CancellationToken,
    ) -> Result<Self, Error> {
        let (mut client, output) = Client::start(job, ballista, cancel)?;
        match StreamReader::try_new(output, None) {
            Ok(batches) => Ok(Self {
                batches: Some(batches),
                client,
            }),
            Err(_) => Err(client.problem()),
        }
    }

    /// What comes next; `None` at the end, where the client says that it is whole.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        match self.batches.as_mut().and_then(Iterator::next) {
            Some(Ok(batch)) => return Ok(Some(batch)),
            None if self.client.has_succeeded() => return Ok(None),
            Some(Err(_)) | None => {}
        }
        self.batches = None;
        Err(self.client.problem())
    }
}

impl Client {
    fn start(
        job: &GatherJob,
        ballista: &Ballista,
        cancel: &CancellationToken,
    ) -> Result<(Self, ChildStdout), Error> {
        let mut asked = serde_json::to_vec(job).map_err(|e| Error::Internal(e.to_string()))?;
        asked.push(b'\n');
        let program = &ballista.program;
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| failed(format!("{} cannot be started: {e}", program.display())))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let said = child.stderr.take();
        let mut client = Self {
            running: Arc::new(Mutex::new(Running { child, input })),
            said: said.map(|errors| thread::spawn(|| read_said(errors))),
            cancel: cancel.clone(),
            is_over: CancellationToken::new(),
        };
        client.end_when_cancelled();
        let output = output.ok_or_else(|| Error::Internal("a process has no pipe".into()))?;
        // Whoever ends it meanwhile must not wait for a client that does not listen.
        let input = locked(&client.running).input.take();
        let told = input.and_then(|mut input| {
            input.write_all(&asked).ok()?;
            Some(input)
        });
        let is_told = told.is_some();
        locked(&client.running).input = told;
        match is_told {
            true => Ok((client, output)),
            false => Err(client.problem()),
        }
    }

    /// A read that waits for the client cannot look by itself.
    fn end_when_cancelled(&self) {
        let (running, cancel) = (Arc::clone(&self.running), self.cancel.clone());
        let is_over = self.is_over.clone();
        thread::spawn(move || {
            while !is_over.is_cancelled() {
                if cancel.is_cancelled() {
                    end(&running);
                    return;
                }
                thread::sleep(LOOK);
            }
        });
    }

    /// Waits for its end, which is near.
    fn has_succeeded(&self) -> bool {
        let start = Instant::now();
        while start.elapsed() < FAREWELL {
            match locked(&self.running).child.try_wait() {
                Ok(Some(status)) => return status.success(),
                Ok(None) => {}
                Err(_) => return false,
            }
            thread::sleep(LOOK);
        }
        false
    }

    /// What went wrong, in the client's words; the cluster's own are for the log.
    fn problem(&mut self) -> Error {
        if self.cancel.is_cancelled() {
            return Error::Cancelled;
        }
        end(&self.running);
        let said = self.said.take().and_then(|said| said.join().ok());
        let said = said.unwrap_or_default();
        match said.trim().split_once('\n') {
            Some((problem, detail)) => {
                tracing::warn!(problem, detail, "a cluster did not gather a result");
                failed(problem)
            }
            None if said.trim().is_empty() => failed("its client ended without a word"),
            None => failed(said.trim()),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.is_over.cancel();
        end(&self.running);
    }
}

/// What fits; the rest is read and forgotten, because a full pipe would stop the client.
fn read_said(mut errors: ChildStderr) -> String {
    let mut said = Vec::new();
    let _ = errors.by_ref().take(SAID_BYTES).read_to_end(&mut said);
    let _ = io::copy(&mut errors, &mut io::sink());
    String::from_utf8_lossy(&said).into_owned()
}

/// Lets it say farewell to the cluster, and sees to it that it ends. One that has ended already stays as it is.
fn end(running: &Mutex<Running>) {
    let mut running = locked(running);
    running.input = None;
    let start = Instant::now();
    while let Ok(None) = running.child.try_wait() {
        if start.elapsed() > FAREWELL {
            let _ = running.child.kill();
            let _ = running.child.wait();
            return;
        }
        thread::sleep(LOOK);
    }
}

fn locked(running: &Mutex<Running>) -> MutexGuard<'_, Running> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}
