//! Many clients at once: each sends a request, waits for its answer, and sends the next.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    task::JoinSet,
    time::{sleep, sleep_until, timeout},
};

use crate::{
    answer::Wire,
    connection::Connection,
    error::{Error, Result},
    histogram::Histogram,
    process::Process,
};

/// How long an answer that is on its way at the end may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// A server that refuses connections is not asked again at once.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(50);

/// How it is asked.
#[derive(Debug, Clone)]
pub struct Load {
    /// Whom; clients are dealt out in turn.
    pub servers: Vec<SocketAddr>,
    pub wire: Wire,
    pub connections: usize,
    /// Before anything counts.
    pub warm: Duration,
    pub lasts: Duration,
    /// From one request of a client to its next; without it as soon as it is answered. A request that is late for its turn
    /// is measured from its turn.
    pub pause: Option<Duration>,
}

/// What came of it.
#[derive(Debug)]
pub struct Measured {
    pub took: Histogram,
    pub lasted: Duration,
    /// Answers that are not good, and connections that broke.
    pub errors: u64,
    /// What the first of them said.
    pub problem: Option<String>,
    /// Processor time of the servers meanwhile.
    pub cost: Duration,
    /// That of this program.
    pub own_cost: Duration,
    /// Memory of the servers at the end.
    pub resident: u64,
}

impl Measured {
    pub fn per_second(&self) -> f64 {
        self.took.count() as f64 / self.lasted.as_secs_f64()
    }

    /// Processor time of the servers for one request.
    pub fn cost_each(&self) -> Duration {
        self.cost.div_f64((self.took.count() as f64).max(1.0))
    }
}

/// What all clients write down together.
#[derive(Debug)]
struct Book {
    took: Histogram,
    errors: u64,
    problem: Option<String>,
}

#[derive(Debug, Clone)]
struct Span {
    begin: Instant,
    end: Instant,
    pause: Option<Duration>,
    book: Arc<Mutex<Book>>,
}

impl Load {
    /// Asks until it is over. `client` makes what writes the requests of one connection, by its number.
    pub async fn run<F>(&self, servers: &[Process], client: impl Fn(usize) -> F) -> Result<Measured>
    where
        F: FnMut(&mut Vec<u8>) + Send + 'static,
    {
        let mut open = Vec::with_capacity(self.connections);
        for (number, to) in (0..self.connections).zip(self.servers.iter().cycle()) {
            let connection = Connection::open(*to, self.wire).await;
            let connection =
                connection.map_err(Error::io(format!("connection {number} to {to}")))?;
            open.push((number, *to, connection));
        }
        let now = Instant::now();
        let begin = now + self.warm;
        let span = Span {
            begin,
            end: begin + self.lasts,
            pause: self.pause,
            book: Arc::new(Mutex::new(Book {
                took: Histogram::new(),
                errors: 0,
                problem: None,
            })),
        };
        let mut clients = JoinSet::new();
        for (number, to, connection) in open {
            // With a pause not all at the same instant.
            let share = number as f64 / self.connections as f64;
            let first = now + self.pause.unwrap_or_default().mul_f64(share);
            clients.spawn(converse(
                span.clone(),
                connection,
                to,
                self.wire,
                first,
                client(number),
            ));
        }
        sleep_until(span.begin.into()).await;
        let (begin, before, own_before) = (Instant::now(), sum(servers), own());
        sleep_until(span.end.into()).await;
        let (lasted, after, own_after) = (begin.elapsed(), sum(servers), own());
        let resident = servers.iter().map(|it| it.resident()).sum();
        let rest = async { while clients.join_next().await.is_some() {} };
        timeout(PATIENCE, rest)
            .await
            .map_err(|_| Error::Hangs(PATIENCE))?;
        let mut book = span.book.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Measured {
            took: std::mem::replace(&mut book.took, Histogram::new()),
            lasted,
            errors: book.errors,
            problem: book.problem.take(),
            cost: after.saturating_sub(before),
            own_cost: own_after.saturating_sub(own_before),
            resident,
        })
    }
}

fn sum(servers: &[Process]) -> Duration {
    servers.iter().map(|it| it.processor_time()).sum()
}

fn own() -> Duration {
    Process::own().processor_time()
}

/// One client, until it is over.
async fn converse(
    span: Span,
    mut connection: Connection,
    to: SocketAddr,
    wire: Wire,
    first: Instant,
    mut next: impl FnMut(&mut Vec<u8>),
) {
    let (mut request, mut turn) = (Vec::new(), first);
    while Instant::now() < span.end {
        if span.pause.is_some() {
            sleep_until(turn.into()).await;
        }
        next(&mut request);
        let start = if span.pause.is_some() {
            turn
        } else {
            Instant::now()
        };
        let answered = connection.ask(&request).await;
        let end = Instant::now();
        turn += span.pause.unwrap_or_default();
        match answered {
            Ok(answer) if answer.is_good() => span.count(start, end),
            Ok(answer) => {
                span.complain(|| format!("{}: {}", answer.status, connection.text(&answer)))
            }
            Err(error) => {
                span.complain(|| error.to_string());
                sleep(PAUSE_AFTER_FAILURE).await;
                if let Ok(another) = Connection::open(to, wire).await {
                    connection = another;
                }
            }
        }
    }
}

impl Span {
    fn count(&self, start: Instant, end: Instant) {
        if end >= self.begin && end <= self.end {
            let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
            book.took.record(end - start);
        }
    }

    fn complain(&self, problem: impl FnOnce() -> String) {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.errors += 1;
        book.problem.get_or_insert_with(problem);
    }
}
