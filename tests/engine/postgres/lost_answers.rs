//! A connection that breaks after the commit and before the answer.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use futures::future::join;
use holdfast::{
    Revision, State, Version,
    backend::{Backend, Outcome},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

use super::{connected, template, write};
use crate::support::postgres_server::PostgresServer;

/// Between the engine and its server: passes everything on, until it is told to lose an answer.
struct Wire {
    url: String,
    /// Lose the next answer to a prepared statement, and the connection with it.
    is_to_lose: Arc<AtomicBool>,
    _folder: tempfile::TempDir,
}

impl Wire {
    fn new(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (before, socket) = url.split_once("?host=").unwrap();
        let port = before
            .rsplit(':')
            .next()
            .unwrap()
            .split('/')
            .next()
            .unwrap();
        let name = format!(".s.PGSQL.{port}");
        let door = UnixListener::bind(folder.path().join(&name)).unwrap();
        let server = Path::new(socket).join(&name);
        let is_to_lose = Arc::new(AtomicBool::new(false));
        let losing = Arc::clone(&is_to_lose);
        tokio::spawn(async move {
            while let Ok((client, _)) = door.accept().await {
                let server = UnixStream::connect(&server).await.unwrap();
                tokio::spawn(pass(client, server, Arc::clone(&losing)));
            }
        });
        Self {
            url: format!("{before}?host={}", folder.path().display()),
            is_to_lose,
            _folder: folder,
        }
    }
}

async fn pass(client: UnixStream, server: UnixStream, is_to_lose: Arc<AtomicBool>) {
    // An answer to a prepared statement begins with BindComplete; it is sent after the commit.
    const BIND_COMPLETE: u8 = b'2';
    let (mut asked, mut to_client) = client.into_split();
    let (mut answered, mut to_server) = server.into_split();
    let asking = tokio::spawn(async move { tokio::io::copy(&mut asked, &mut to_server).await });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length) = answered.read(&mut buffer).await {
        let answer = buffer.get(..length).unwrap();
        let is_lost =
            answer.first() == Some(&BIND_COMPLETE) && is_to_lose.swap(false, Ordering::Relaxed);
        if length == 0 || is_lost || to_client.write_all(answer).await.is_err() {
            break;
        }
    }
    asking.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_answer_was_lost_is_found_out_about_and_done_once() {
    let server = PostgresServer::shared();
    let wire = Wire::new(&server.database());
    let backend = connected(&wire.url).await;
    let mut last: Option<Arc<State>> = None;
    for round in 1..=40 {
        let write = |data: &str, version| {
            let after = State {
                version: Version(version),
                data: json!(data),
                ..template()
            };
            write(last.as_ref(), after)
        };
        let (good, late) = (write("good", round), write("late", round));
        wire.is_to_lose.store(true, Ordering::Relaxed);
        // In one group or in two: one is written, and the other learns what is there.
        let both = join(
            backend.apply(vec![good].into()),
            backend.apply(vec![late].into()),
        )
        .await;
        let (Ok(Outcome::Applied(changes)), Ok(Outcome::Stale(current))) = both else {
            panic!("round {round}: {both:?}");
        };
        assert!(!wire.is_to_lose.load(Ordering::Relaxed));
        let change = changes.first().unwrap();
        assert_eq!(change.revision, Revision(round));
        assert_eq!(current.as_ref(), Some(&change.after));
        last = current;
    }
    assert_eq!(backend.revision().await.unwrap(), Revision(40));
}
