//! The lists of the Monitor, as programs are told: operations, queues, what took long, changes, suggestions.

use std::time::Duration;

use app::monitor::{Action as Way, Sign as About, Suggestion as Suggested};
use holdfast::{callbacks::Status, metrics};
use serde::Serialize;
use utoipa::ToSchema;

/// How often and how quickly something was done since the start.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorOperation)]
pub(super) struct Operation {
    /// What was done.
    name: String,
    /// How often.
    count: u64,
    /// How often a second.
    rate: f64,
    /// Half of them took at most so many milliseconds.
    p50_ms: f64,
    /// 99 of 100 took at most so many.
    p99_ms: f64,
}

impl Operation {
    /// An operation of a program that has been up for so many seconds.
    pub(super) fn of(latency: &metrics::Latency, up: f64) -> Self {
        Self {
            name: latency.operation.to_owned(),
            count: latency.count,
            rate: latency.count as f64 / up,
            p50_ms: millis(latency.quantile(0.5)),
            p99_ms: millis(latency.quantile(0.99)),
        }
    }
}

/// Somebody who is told of changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorQueue)]
pub(super) struct Queue {
    /// Its name.
    name: String,
    /// Changes behind the place in the log that it has come to.
    lag: u64,
    /// States with a change under way, or waiting for an attempt.
    waiting: usize,
    /// Messages given up, until somebody deals with them.
    given_up: usize,
}

impl From<Status> for Queue {
    fn from(status: Status) -> Self {
        Self {
            name: status.name,
            lag: status.lag,
            waiting: status.waiting + status.in_flight,
            given_up: status.dead_letters,
        }
    }
}

/// Something that took long.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorSlow)]
pub(super) struct Slow {
    /// When it was over.
    at: i64,
    /// What was done.
    what: String,
    /// How long it took, in milliseconds.
    took_ms: f64,
    /// Whether it ended well.
    is_done: bool,
}

impl From<metrics::Slow> for Slow {
    fn from(slow: metrics::Slow) -> Self {
        Self {
            at: slow.at.0,
            what: slow.operation.into_owned(),
            took_ms: millis(slow.took),
            is_done: slow.is_done,
        }
    }
}

/// A change in the log. All of it is in the audit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorChange)]
pub(super) struct Change {
    /// Its place in the log.
    revision: u64,
    /// When.
    at: i64,
    /// Who did it.
    by: String,
    /// The state's kind.
    kind: String,
    /// The state's name.
    name: String,
    /// What was done.
    transition: String,
    /// The status before; `null` of a new state.
    status_before: Option<String>,
    /// The status after.
    status: String,
    /// The version that it made.
    version: u64,
}

impl From<(holdfast::Change, String)> for Change {
    fn from((change, by): (holdfast::Change, String)) -> Self {
        let after = &change.after;
        Self {
            revision: change.revision.0,
            at: change.at.0,
            by,
            kind: after.kind.to_string(),
            name: after.name.clone(),
            transition: change.transition.to_string(),
            status_before: change.before.map(|before| before.status.to_string()),
            status: after.status.to_string(),
            version: after.version.0,
        }
    }
}

/// Something to do, with one way to do it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonitorSuggestion)]
pub(super) struct Suggestion {
    /// What it is about.
    about: Sign,
    /// What to do, in a few words.
    title: String,
    /// The reason, in numbers.
    why: String,
    /// The way.
    action: Action,
}

/// What a suggestion is about.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MonitorSign)]
enum Sign {
    /// States cannot always be read or written.
    Fault,
    /// Webhooks are behind, or messages were given up.
    Webhook,
    /// There is no young backup.
    Backup,
    /// Live connections come to their bound.
    Connections,
    /// Requests came too often.
    TooOften,
    /// The cache of states is too small.
    Cache,
}

/// A way to do what is suggested.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = MonitorAction)]
enum Action {
    /// `POST /api/v1/backups`.
    BackUp,
    /// Look at a page.
    Look {
        /// Its path.
        href: String,
    },
    /// Write lines into the settings file, and restart.
    Set {
        /// The lines.
        lines: String,
    },
}

impl From<Suggested> for Suggestion {
    fn from(suggested: Suggested) -> Self {
        Self {
            about: suggested.sign.into(),
            title: suggested.title,
            why: suggested.why,
            action: suggested.action.into(),
        }
    }
}

impl From<About> for Sign {
    fn from(about: About) -> Self {
        match about {
            About::Fault => Self::Fault,
            About::Webhook => Self::Webhook,
            About::Backup => Self::Backup,
            About::Connections => Self::Connections,
            About::TooOften => Self::TooOften,
            About::Cache => Self::Cache,
        }
    }
}

impl From<Way> for Action {
    fn from(way: Way) -> Self {
        match way {
            Way::BackUp => Self::BackUp,
            Way::Look { href } => Self::Look { href },
            Way::Set { lines } => Self::Set { lines },
        }
    }
}

pub(super) fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
