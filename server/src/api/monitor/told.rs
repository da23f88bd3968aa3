//! How the server fares, as programs are told. Times are milliseconds since 1970 by UTC, counts are since the start.

use app::monitor::{Reading, Sample, Totals};
use serde::Serialize;
use utoipa::ToSchema;

use super::lists::{Change, Operation, Queue, Slow, Suggestion, millis};

/// How the server fares.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Monitor)]
pub(super) struct Told {
    /// When this was read.
    at: i64,
    /// When the program was started.
    started_at: i64,
    /// Where states are kept, in words.
    backend: String,
    /// What is wrong; `null` while states can be read.
    problem: Option<String>,
    /// The states that are kept.
    states: States,
    /// What happened last.
    newest: Moment,
    /// What happened in the minutes that were asked for, the oldest first.
    samples: Vec<Moment>,
    /// What is in memory.
    memory: Memory,
    /// Who is connected.
    connections: Connections,
    /// Requests that were answered.
    requests: Requests,
    /// What the engine refused, and what went wrong in it.
    refused: Refused,
    /// How often and how quickly each operation was done.
    operations: Vec<Operation>,
    /// Who is told of changes, and how far they are.
    queues: Vec<Queue>,
    /// What took long, the newest first; 20 at most.
    slow: Vec<Slow>,
    /// From how many milliseconds on something is slow.
    slow_above_ms: f64,
    /// The newest changes, the newest first; 12 at most.
    changes: Vec<Change>,
    /// What should be done, the most urgent first.
    suggestions: Vec<Suggestion>,
}

/// States, as they are kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorStates)]
struct States {
    /// Kinds of them.
    kinds: usize,
    /// States that are not deleted; `null` while the backend does not answer.
    count: Option<u64>,
    /// Their bytes, as quotas count them.
    bytes: Option<u64>,
    /// Writes and transactions of this server that wait to be written; `null` in memory.
    writes_waiting: Option<u64>,
    /// Changes that the index of the search does not have yet; `null` where there is no index.
    search_behind: Option<u64>,
}

/// What happened between two moments.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorSample)]
struct Moment {
    /// The later one.
    at: i64,
    /// States read, a second.
    reads: f64,
    /// Changes written, a second.
    writes: f64,
    /// Half of the operations took at most so many milliseconds; `null` where nothing was done.
    p50_ms: Option<f64>,
    /// 95 of 100 took at most so many.
    p95_ms: Option<f64>,
    /// 99 of 100 took at most so many.
    p99_ms: Option<f64>,
    /// How many of 100 reads the cache answered; `null` where nothing was read.
    hit_rate: Option<f64>,
    /// Requests answered, a second.
    requests: f64,
    /// Requests that came too often.
    too_often: u64,
    /// Operations that failed or took too long.
    failures: u64,
}

impl From<Sample> for Moment {
    fn from(sample: Sample) -> Self {
        Self {
            at: sample.at,
            reads: sample.reads,
            writes: sample.writes,
            p50_ms: sample.p50,
            p95_ms: sample.p95,
            p99_ms: sample.p99,
            hit_rate: sample.hit_rate,
            requests: sample.requests,
            too_often: sample.too_often,
            failures: sample.failures,
        }
    }
}

/// What is in memory, in bytes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorMemory)]
struct Memory {
    /// What the process has; `null` where the system does not tell.
    resident: Option<u64>,
    /// States in the cache; `null` without a cache.
    cache: Option<u64>,
    /// How much the cache may have.
    cache_most: u64,
    /// States, and ids known to have none, in the cache.
    cache_entries: Option<u64>,
    /// Entries that made room for others.
    cache_evicted: Option<u64>,
    /// Columns and indexes of tables.
    tables: u64,
    /// How much these may have.
    tables_most: u64,
    /// Results of runs.
    runs: u64,
    /// How much these may have.
    runs_most: u64,
}

/// Who is connected.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorConnections)]
struct Connections {
    /// Live connections.
    open: u64,
    /// How many there may be.
    most: u64,
    /// Sessions and tokens that have one.
    sessions: u64,
    /// Accounts that have one.
    people: u64,
}

/// Requests that were answered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorRequests)]
struct Requests {
    /// All of them.
    answered: u64,
    /// Of these, the ones that came too often (429).
    too_often: u64,
    /// Of these, the ones that ended in an error of the server's (5xx).
    failed: u64,
}

/// What the engine refused, and what went wrong in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorRefused)]
struct Refused {
    /// Not in the lifecycle, or not allowed.
    refusals: u64,
    /// Somebody else was faster.
    conflicts: u64,
    /// Malformed, too large or against the rules.
    rejections: u64,
    /// A scope asked too often.
    rate_limited: u64,
    /// It took too long.
    timeouts: u64,
    /// It failed at the backend.
    failures: u64,
}

impl From<Reading> for Told {
    fn from(reading: Reading) -> Self {
        let Totals {
            at,
            counts,
            latencies,
            cache,
            vitals,
        } = reading.now;
        let budgets = reading.budgets;
        let up = (at - reading.started_at.0).max(1) as f64 / 1000.0;
        let done = latencies.iter().filter(|it| it.count > 0);
        Self {
            at,
            started_at: reading.started_at.0,
            backend: reading.backend.to_owned(),
            problem: reading.problem,
            states: States {
                kinds: reading.kinds,
                count: reading.held.map(|held| held.states),
                bytes: reading.held.map(|held| held.bytes),
                writes_waiting: reading.waiting.writes,
                search_behind: reading.waiting.search,
            },
            newest: reading.newest.into(),
            samples: reading.samples.into_iter().map(Moment::from).collect(),
            memory: Memory {
                resident: vitals.resident,
                cache: cache.map(|cache| cache.bytes),
                cache_most: budgets.cache,
                cache_entries: cache.map(|cache| cache.entries),
                cache_evicted: cache.map(|cache| cache.evicted),
                tables: reading.tables,
                tables_most: budgets.tables,
                runs: reading.runs.held,
                runs_most: reading.runs.budget,
            },
            connections: Connections {
                open: vitals.connections,
                most: budgets.connections,
                sessions: vitals.sessions,
                people: vitals.people,
            },
            requests: Requests {
                answered: vitals.requests,
                too_often: vitals.too_often,
                failed: vitals.failed,
            },
            refused: Refused {
                refusals: counts.refusals,
                conflicts: counts.conflicts,
                rejections: counts.rejections,
                rate_limited: counts.rate_limited,
                timeouts: counts.timeouts,
                failures: counts.failures,
            },
            operations: done.map(|it| Operation::of(it, up)).collect(),
            queues: reading.queues.into_iter().map(Queue::from).collect(),
            slow: reading.slow.into_iter().map(Slow::from).collect(),
            slow_above_ms: millis(reading.slow_above),
            changes: reading.changes.into_iter().map(Change::from).collect(),
            suggestions: (reading.suggestions.into_iter())
                .map(Suggestion::from)
                .collect(),
        }
    }
}
