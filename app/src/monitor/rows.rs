//! Lines of the Monitor's lists: operations, refusals, queues, what was slow, what happened, backups. Only on the server.

use std::time::Duration;

use holdfast::{
    Change, Status, Timestamp,
    backend::Queues,
    backup::Backup,
    callbacks,
    metrics::{Latency, Slow},
};
use time::{OffsetDateTime, macros::format_description};

use super::{
    keep::BackupFile,
    reading::Reading,
    sample::{Totals, millis},
    server::{Event, File, Operation, Queue, SlowRow, Tone, Verdict},
};
use crate::{components::format, states::answers::moment};

pub(super) fn operations(reading: &Reading) -> Vec<Operation> {
    let now = &reading.now;
    let up = (now.at - reading.started_at.0).max(1) as f64 / 1000.0;
    let row = |it: &Latency| Operation {
        name: it.operation.to_owned(),
        count: format::count(it.count),
        rate: format::number(it.count as f64 / up, 2),
        p50: format::number(millis(it.quantile(0.5)), 3),
        p99: format::number(millis(it.quantile(0.99)), 3),
    };
    now.latencies
        .iter()
        .filter(|it| it.count > 0)
        .map(row)
        .collect()
}

pub(super) fn refusals(now: &Totals) -> Vec<(String, String)> {
    let (counts, vitals) = (&now.counts, &now.vitals);
    let all = [
        ("Not in the lifecycle, or not allowed", counts.refusals),
        ("Conflicts: somebody else was faster", counts.conflicts),
        (
            "Malformed, too large or against the rules",
            counts.rejections,
        ),
        ("A scope asked too often", counts.rate_limited),
        ("Requests that came too often (429)", vitals.too_often),
        ("Took too long", counts.timeouts),
        ("Failed at the backend", counts.failures),
        (
            "Requests that ended in an error of ours (5xx)",
            vitals.failed,
        ),
    ];
    all.map(|(what, count)| (what.to_owned(), format::count(count)))
        .into()
}

/// What waits where states are kept.
pub(super) fn waiting(queues: Queues) -> Vec<(String, String)> {
    let all = [
        ("Writes that wait to be written", queues.writes),
        (
            "Changes that the index of the search does not have yet",
            queues.search,
        ),
    ];
    let known = all.into_iter();
    let known = known.filter_map(|(what, count)| Some((what.to_owned(), format::count(count?))));
    known.collect()
}

pub(super) fn queue(status: &callbacks::Status) -> Queue {
    Queue {
        name: status.name.clone(),
        behind: format::count(status.lag),
        waiting: format::count((status.waiting + status.in_flight) as u64),
        failed: format::count(status.dead_letters as u64),
    }
}

pub(super) fn slow(it: Slow) -> SlowRow {
    SlowRow {
        at: clock_time(it.at, true),
        what: it.operation.into_owned(),
        took: told(it.took),
        is_done: it.is_done,
    }
}

pub(super) fn told(took: Duration) -> String {
    format!("{} ms", format::number(millis(took), 0))
}

pub(super) fn event(change: &Change, who: &str) -> Event {
    let (after, before) = (&change.after, change.before.as_ref());
    let moved = before.filter(|before| before.status != after.status);
    let version = after.version.0;
    Event {
        revision: change.revision.0,
        at: clock_time(change.at, true),
        name: after.name.clone(),
        kind: after.kind.to_string(),
        did: change.transition.to_string(),
        who: who.to_owned(),
        change: match (before, moved) {
            (_, Some(before)) => format!("{} → {}", before.status, after.status),
            (None, None) => format!("→ {}", after.status),
            (Some(_), None) => format!("v{} → v{version}", version.saturating_sub(1)),
        },
        tone: match (&after.status, moved) {
            (status, _) if [Status::FAILED, Status::EXPIRED].contains(status) => Tone::Bad,
            (_, Some(_)) => Tone::Good,
            _ => Tone::Plain,
        },
    }
}

pub(super) fn file(found: BackupFile) -> File {
    File {
        made_at: moment(found.made_at),
        size: format::bytes(found.bytes),
        verdict: found.verdict.map(verdict),
        name: found.name,
    }
}

pub(super) fn verdict(found: Result<Backup, String>) -> Verdict {
    match found {
        Ok(Backup {
            states, revision, ..
        }) => Verdict::Whole {
            states,
            revision: revision.0,
        },
        Err(problem) => Verdict::Broken(problem),
    }
}

/// The time of the day in UTC, to the minute or second.
pub(super) fn clock_time(at: Timestamp, has_seconds: bool) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).ok();
    let text = moment.and_then(|moment| match has_seconds {
        true => moment
            .format(format_description!("[hour]:[minute]:[second]"))
            .ok(),
        false => moment.format(format_description!("[hour]:[minute]")).ok(),
    });
    text.unwrap_or_default()
}
