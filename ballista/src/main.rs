//! The client of a Ballista cluster: gathers the cells of a merged result there.
//!
//! A server that is told to (`[query] engine = "ballista://host:50050"`) starts it for each merge. It reads a
//! [`GatherJob`] from the first line of standard input and writes what the cluster answers to standard output, as an
//! Arrow stream. When standard input ends nobody wants the answer any more, and the cluster is told. That the answer is
//! whole and in order is for the server to see.

mod gather;

use std::{
    fs::File,
    io::{self, BufRead, BufWriter},
    os::fd::AsFd,
    process::ExitCode,
    thread,
};

use tokio::sync::oneshot;
use workbench::query::ballista::GatherJob;

use self::gather::{GatherError, gather};

/// Plans are walked by recursion.
const STACK_BYTES: usize = 16 << 20;
/// Written through this much at a time.
const WRITE_BYTES: usize = 1 << 20;

fn main() -> ExitCode {
    let answering = thread::Builder::new().stack_size(STACK_BYTES).spawn(answer);
    let answered = answering.map(thread::JoinHandle::join);
    let error = match answered {
        Ok(Ok(Ok(()))) => return ExitCode::SUCCESS,
        Ok(Ok(Err(error))) => error,
        Ok(Err(_)) => return ExitCode::FAILURE,
        Err(error) => error.into(),
    };
    // First for people, then for who looks after the cluster.
    eprintln!("{error}");
    if let Some(source) = std::error::Error::source(&error) {
        eprintln!("{source}");
    }
    ExitCode::FAILURE
}

fn answer() -> Result<(), GatherError> {
    let mut asked = String::new();
    io::stdin().lock().read_line(&mut asked)?;
    let job: GatherJob = serde_json::from_str(&asked)?;
    let (unwanted, is_unwanted) = oneshot::channel();
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = unwanted.send(());
    });
    let answer = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let answer = BufWriter::with_capacity(WRITE_BYTES, answer);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .build()?;
    let done = runtime.block_on(gather(&job, answer, is_unwanted));
    // A cluster that is away is not waited for.
    runtime.shutdown_background();
    done
}
