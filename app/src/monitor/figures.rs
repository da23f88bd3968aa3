//! Numbers as the Monitor's page shows them: tiles, charts, what is in memory. Only on the server.

use super::{
    draw::{self, Frame, Series},
    reading::Reading,
    sample::Sample,
    server::{Chart, Item, Memory, Tile},
    suggest::HIT_RATE_BAR,
};
use crate::components::format;

pub(super) fn tiles(reading: &Reading) -> Vec<Tile> {
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

pub(super) fn charts(reading: &Reading) -> Vec<Chart> {
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

/// What is in memory.
pub(super) fn memory(reading: &Reading) -> Memory {
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
    let runs = &reading.runs;
    let held = runs.items.iter().filter(|it| it.is_held).count() as u64;
    let kind = format!(
        "{} open, {} left",
        format::count(held),
        format::count(runs.evictions)
    );
    let runs = item("Results of runs", &kind, runs.held, runs.budget);
    Memory {
        resident: now.vitals.resident.map_or_else(none, format::bytes),
        items: states.into_iter().chain([tables, runs]).collect(),
    }
}
