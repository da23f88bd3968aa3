//! What the server answers the Monitor. Only on the server.

use std::time::Duration;

use holdfast::{
    Change, Status, Timestamp,
    backup::Backup,
    callbacks,
    metrics::{Latency, Slow},
};
use time::{OffsetDateTime, macros::format_description};

use super::{
    Monitor,
    draw::{self, Frame, Series},
    keep::BackupFile,
    reading::{self, Reading},
    sample::{Sample, Totals, millis},
    server::{
        Backups, Chart, Event, File, Item, Memory, Operation, Overview, Queue, SlowRow, Tile, Tone,
        Verdict,
    },
    suggest::HIT_RATE_BAR,
};
use crate::{AppError, components::format, context::Caller, states::answers::moment};

/// How the server fares; `None` for who does not administer it.
pub(super) async fn overview(caller: &Caller, minutes: u32) -> Result<Option<Overview>, AppError> {
    let found = reading::read(caller, minutes).await?;
    Ok(found.map(|reading| shown(&caller.state.monitor, reading)))
}

fn shown(monitor: &Monitor, reading: Reading) -> Overview {
    let Reading { now, .. } = &reading;
    Overview {
        about: about(&reading),
        tiles: tiles(&reading),
        charts: charts(&reading),
        memory: memory(&reading),
        operations: operations(&reading),
        refusals: refusals(now),
        events: reading
            .changes
            .iter()
            .map(|(change, who)| event(change, who))
            .collect(),
        queues: reading.queues.iter().map(queue).collect(),
        slow: reading.slow.into_iter().map(slow).collect(),
        slow_above: told(reading.slow_above),
        problem: reading.problem,
        suggestions: reading.suggestions,
        backups: Backups {
            files: reading.backups.into_iter().map(file).collect(),
            folder: monitor.keep().folder().display().to_string(),
            working: reading.working,
            problem: monitor.keep().problem(),
        },
    }
}

pub(super) async fn back_up(caller: &Caller) -> Result<(), AppError> {
    admit(caller).await?;
    caller.state.monitor.keep().begin()
}

pub(super) async fn cancel(caller: &Caller) -> Result<(), AppError> {
    admit(caller).await?;
    caller.state.monitor.keep().cancel();
    Ok(())
}

pub(super) async fn verify(caller: &Caller, name: &str) -> Result<Verdict, AppError> {
    admit(caller).await?;
    Ok(verdict(caller.state.monitor.keep().verify(name).await?))
}

/// How the server fares is for whoever administers it.
async fn admit(caller: &Caller) -> Result<(), AppError> {
    if caller.administers().await? {
        return Ok(());
    }
    let told = "Only who administers this server may do this.";
    Err(AppError::Forbidden(told.into()))
}

/// `SQLite, up 12 d`.
fn about(reading: &Reading) -> String {
    let up = match format::age(reading.now.at, reading.started_at.0).as_str() {
        "now" => "just started".to_owned(),
        age => format!("up {age}"),
    };
    format!("{}, {up}", reading.backend)
}

fn tiles(reading: &Reading) -> Vec<Tile> {
    let Reading {
        now,
        newest,
        held,
        kinds,
        ..
    } = reading;
    let tile = |title: &str, figure: String, unit: &str, note: String| Tile {
        title: title.to_owned(),
        figure,
        unit: unit.to_owned(),
        note,
        is_broken: false,
    };
    let share = |value: Option<f64>| value.map_or_else(none, |value| format::number(value, 1));
    let milliseconds =
        |value: Option<f64>| value.map_or_else(none, |value| format::number(value, 2));
    let rate = |value: f64| format::number(value, u8::from(value < 10.0));
    let vitals = &now.vitals;
    vec![
        tile(
            "States",
            held.map_or_else(none, |held| format::count(held.states)),
            "",
            held.map_or_else(none, |held| {
                format!("{kinds} kinds, {}", format::bytes(held.bytes))
            }),
        ),
        tile(
            "Operations",
            rate(newest.reads + newest.writes),
            "/ s",
            format!(
                "reads {}, writes {}",
                rate(newest.reads),
                rate(newest.writes)
            ),
        ),
        tile(
            "Latency, p99",
            milliseconds(newest.p99),
            "ms",
            format!(
                "p50 {}, p95 {}",
                milliseconds(newest.p50),
                milliseconds(newest.p95)
            ),
        ),
        Tile {
            is_broken: newest.hit_rate.is_some_and(|rate| rate < HIT_RATE_BAR),
            ..tile(
                "Cache hit rate",
                share(newest.hit_rate),
                "%",
                match now.cache {
                    Some(_) => format!("bar {} %", format::number(HIT_RATE_BAR, 0)),
                    None => "no cache in front".to_owned(),
                },
            )
        },
        tile(
            "Sessions online",
            format::count(vitals.sessions),
            "",
            format!(
                "{}, {}",
                format::plural(vitals.people, "account", "accounts"),
                format::plural(vitals.connections, "connection", "connections")
            ),
        ),
        match reading.backups.first() {
            None => tile("Last backup", none(), "", "none yet".to_owned()),
            Some(file) => tile(
                "Last backup",
                format::age(now.at, file.made_at.0),
                "ago",
                match file.verdict {
                    Some(Ok(_)) => format!("verified, {}", format::bytes(file.bytes)),
                    _ => format!("not verified, {}", format::bytes(file.bytes)),
                },
            ),
        },
    ]
}

fn none() -> String {
    "–".to_owned()
}

fn charts(reading: &Reading) -> Vec<Chart> {
    let frame = |title, unit, decimals| Frame {
        title,
        unit,
        lowest: 0.0,
        highest: None,
        bar: None,
        decimals,
    };
    let series = |name, colour, of| Series { name, colour, of };
    let rates = [
        series("reads", "--hf-c1", |it: &Sample| Some(it.reads)),
        series("writes", "--hf-c2", |it: &Sample| Some(it.writes)),
    ];
    let latencies = [
        series("p50", "--hf-c6", |it: &Sample| it.p50),
        series("p95", "--hf-c1", |it: &Sample| it.p95),
        series("p99", "--hf-c2", |it: &Sample| it.p99),
    ];
    let hits = [series("hit rate", "--hf-c3", |it: &Sample| it.hit_rate)];
    let share = Frame {
        highest: Some(100.0),
        bar: Some((HIT_RATE_BAR, "bar 90 %")),
        ..frame("Cache hit rate", "%", 1)
    };
    let (now, minutes) = (reading.now.at, reading.minutes);
    let draw = |frame: &Frame, series: &[Series]| {
        draw::chart(frame, series, &reading.samples, now, minutes)
    };
    vec![
        draw(&frame("Operations", "per second", 1), &rates),
        draw(&frame("Latency", "ms", 3), &latencies),
        draw(&share, &hits),
    ]
}

/// What is in memory. Runs that are held in memory will tell of themselves here, beside the two caches.
fn memory(reading: &Reading) -> Memory {
    let Reading { now, budgets, .. } = reading;
    let item = |name: &str, kind: &str, bytes: u64, most: u64| Item {
        name: name.to_owned(),
        kind: kind.to_owned(),
        size: format!("{} of {}", format::bytes(bytes), format::bytes(most)),
        share: u8::try_from(bytes.saturating_mul(100) / most.max(1)).map_or(100, |it| it.min(100)),
    };
    let states = now.cache.map(|cache| {
        let kind = format!(
            "{}, {} left",
            format::plural(cache.entries, "entry", "entries"),
            format::count(cache.evicted)
        );
        item("Cache of states", &kind, cache.bytes, budgets.cache)
    });
    let tables = item(
        "Tables",
        "columns and indexes",
        reading.tables,
        budgets.tables,
    );
    Memory {
        resident: now.vitals.resident.map_or_else(none, format::bytes),
        items: states.into_iter().chain([tables]).collect(),
    }
}

fn operations(reading: &Reading) -> Vec<Operation> {
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

fn refusals(now: &Totals) -> Vec<(String, String)> {
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

fn queue(status: &callbacks::Status) -> Queue {
    Queue {
        name: status.name.clone(),
        behind: format::count(status.lag),
        waiting: format::count((status.waiting + status.in_flight) as u64),
        failed: format::count(status.dead_letters as u64),
    }
}

fn slow(it: Slow) -> SlowRow {
    SlowRow {
        at: clock_time(it.at, true),
        what: it.operation.into_owned(),
        took: told(it.took),
        is_done: it.is_done,
    }
}

fn told(took: Duration) -> String {
    format!("{} ms", format::number(millis(took), 0))
}

fn event(change: &Change, who: &str) -> Event {
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

fn file(found: BackupFile) -> File {
    File {
        made_at: moment(found.made_at),
        size: format::bytes(found.bytes),
        verdict: found.verdict.map(verdict),
        name: found.name,
    }
}

fn verdict(found: Result<Backup, String>) -> Verdict {
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
