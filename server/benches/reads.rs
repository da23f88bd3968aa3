//! Reads of server functions by 200 people at once, over real connections with sessions of their own.
//!
//!     cargo bench --bench reads
//!
//! Two loads: people who pause (each reads ten times a second, which is more than any page does), and
//! the same 200 without a pause, for the limit. The clients run on a thread of their own and share the
//! machine with the server. Ends with an error below the bar.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark says where it fails, and prints"
)]

use std::{
    net::SocketAddr,
    process::ExitCode,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use holdfast::SystemClock;
use serde_json::json;
use server::{Application, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime,
    time::sleep,
};

const PEOPLE: u32 = 200;
const LASTS: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(100);
/// 99 of 100 reads must be answered within this.
const BAR: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let address = serve(folder.path());
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        println!("{:52} per second       p50       p99", "");
        let paced = measure(address, PAUSE).await;
        report("200 people, 10 reads a second each", &paced);
        report(
            "200 people, one read after the other",
            &measure(address, Duration::ZERO).await,
        );
        match quantile(&paced, 0.99) < BAR {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        }
    })
}

/// A server in this process, with a runtime of its own.
fn serve(folder: &std::path::Path) -> SocketAddr {
    let mut settings = Settings {
        data_dir: folder.join("data"),
        site_dir: folder.join("site"),
        ..Settings::default()
    };
    settings.server.addr = SocketAddr::from(([127, 0, 0, 1], 0));
    settings.session.opened_per_minute = 100_000;
    // All of them come from one address.
    settings.limits.address_per_second = 0;
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let application = Application::build_at(settings, Arc::new(SystemClock)).await;
            let application = application.unwrap();
            tell.send(application.address()).unwrap();
            application.run_until_stopped().await.unwrap();
        });
    });
    told.recv().unwrap()
}

/// The times of all reads, ascending.
async fn measure(address: SocketAddr, pause: Duration) -> Vec<Duration> {
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        people.push(Person::arrive(address).await);
    }
    let people = people.into_iter().zip(0..).map(|(person, number)| {
        // Not all in the same instant: spread over one pause.
        let first = pause * number / PEOPLE;
        tokio::spawn(person.read_for(LASTS, first, pause))
    });
    let mut times = Vec::new();
    for person in people.collect::<Vec<_>>() {
        times.extend(person.await.unwrap());
    }
    times.sort_unstable();
    times
}

fn quantile(times: &[Duration], part: f64) -> Duration {
    times[((times.len() - 1) as f64 * part) as usize]
}

fn report(what: &str, times: &[Duration]) {
    let ms = |part| quantile(times, part).as_secs_f64() * 1e3;
    let rate = times.len() as f64 / LASTS.as_secs_f64();
    println!(
        "{what:52} {rate:10.0} {:6.2} ms {:6.2} ms",
        ms(0.5),
        ms(0.99)
    );
}

/// A connection with a session that holds a cohort.
struct Person {
    stream: TcpStream,
    address: SocketAddr,
    cookie: String,
}

impl Person {
    async fn arrive(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut person = Self {
            stream,
            address,
            cookie: String::new(),
        };
        let opened = person.ask("/session", "").await;
        let cookie = opened
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "));
        person.cookie = cookie.unwrap().split(';').next().unwrap().to_owned();
        let cohort = json!({"sex": ["f"], "age": {"min": 40.0, "max": 60.0}});
        let write = json!({"key": "query.filters", "data": cohort.to_string(), "expected": 0, "client": "bench"});
        let written = person.ask("/api/write_store", &write.to_string()).await;
        assert!(written.starts_with("HTTP/1.1 200"), "{written}");
        person
    }

    async fn read_for(
        mut self,
        lasts: Duration,
        first: Duration,
        pause: Duration,
    ) -> Vec<Duration> {
        sleep(first).await;
        let body = json!({"key": "query.filters"}).to_string();
        let (until, mut times) = (Instant::now() + lasts, Vec::new());
        while Instant::now() < until {
            let start = Instant::now();
            let answer = self.ask("/api/read_store", &body).await;
            times.push(start.elapsed());
            assert!(answer.contains("\"version\":1"), "{answer}");
            sleep(pause.saturating_sub(start.elapsed())).await;
        }
        times
    }

    /// One request on the open connection; its whole answer.
    async fn ask(&mut self, path: &str, body: &str) -> String {
        let (host, cookie) = (self.address, &self.cookie);
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\ncookie: {cookie}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(head.as_bytes()).await.unwrap();
        let (mut answer, mut piece) = (String::new(), [0; 4096]);
        while !is_whole(&answer) {
            let length = self.stream.read(&mut piece).await.unwrap();
            assert!(length > 0, "the server hung up after {answer:?}");
            answer.push_str(&String::from_utf8_lossy(&piece[..length]));
        }
        answer
    }
}

/// Whether an answer has come to its end; these have a length or no content.
fn is_whole(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    length.is_none_or(|length| body.len() >= length.parse().unwrap_or(0))
}
