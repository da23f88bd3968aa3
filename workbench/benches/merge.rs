//! How long a three-way merge takes: a file of 1,500 lines as real ones have, and one of 20,000, in each format; both
//! sides change every tenth entity, and a few of them contradict each other.
//!
//!     cargo bench --bench merge
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that fails should say where"
)]

use std::{
    fmt::Write as _,
    io::Write,
    time::{Duration, Instant},
};

use workbench::configurations::merge::{Format, merge};

/// Merges of each file; the median counts.
const RUNS: usize = 21;
/// Lines of a file, and how long its merge may take.
const BARS: [(usize, Duration); 2] = [
    (1_500, Duration::from_millis(20)),
    (20_000, Duration::from_millis(300)),
];
/// Lines of one entity, with its comment and the blank line before it.
const ENTITY: usize = 25;

fn main() {
    let mut out = std::io::stdout();
    let mut is_met = true;
    for (lines, bar) in BARS {
        for format in [Format::Yaml, Format::Toml, Format::Json] {
            let text = |version| file(format, lines, version);
            let (base, mine, theirs) = (
                text(Version::Base),
                text(Version::Mine),
                text(Version::Theirs),
            );
            let mut times = Vec::new();
            let mut conflicts = 0;
            for _ in 0..RUNS {
                let start = Instant::now();
                let merged = merge(format, &base, &theirs, &mine).unwrap();
                times.push(start.elapsed());
                conflicts = merged.conflicts().len();
            }
            times.sort();
            let (median, most) = (times[RUNS / 2], times[RUNS - 1]);
            is_met &= median < bar;
            writeln!(
                out,
                "{} {} lines, {} kB, {conflicts} conflicts: median {:.1} ms, most {:.1} ms, bar {} ms{}",
                format.name(),
                base.lines().count(),
                base.len() / 1000,
                median.as_secs_f64() * 1e3,
                most.as_secs_f64() * 1e3,
                bar.as_millis(),
                if median < bar { "" } else { ": NOT MET" },
            )
            .unwrap();
        }
    }
    if !is_met {
        std::process::exit(1);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Version {
    Base,
    Mine,
    Theirs,
}

/// Entities with a comment, scalars, a list of names, and a list of items by id.
fn file(format: Format, lines: usize, version: Version) -> String {
    let mut text = String::new();
    if format == Format::Json {
        text.push_str("{\n");
    }
    let count = lines / ENTITY;
    for at in 0..count {
        let interval = match (version, at % 10, at % 100) {
            (Version::Mine, _, 50) => 35,
            (Version::Theirs, _, 50) => 49,
            (Version::Mine, 1, _) => 42,
            (Version::Theirs, 2, _) => 56,
            _ => 28,
        };
        let dose = if version == Version::Mine && at % 10 == 3 {
            7
        } else {
            6
        };
        let site = if version == Version::Theirs && at % 10 == 3 {
            "North, new"
        } else {
            "North"
        };
        let last = at + 1 == count;
        match format {
            Format::Yaml => yaml(&mut text, at, interval, dose, site),
            Format::Toml => toml(&mut text, at, interval, dose, site),
            Format::Json => json(&mut text, at, interval, dose, site, last),
        }
    }
    if format == Format::Json {
        text.push_str("}\n");
    }
    text
}

fn yaml(text: &mut String, at: usize, interval: u32, dose: u32, site: &str) {
    write!(text, "\n# protocol {at}: who is seen when\nprotocol_{at}:\n  interval: {interval} # days\n  author: \"A. Müller\"\n  enabled: true\n  sites:\n    - \"{site}\"\n    - South\n    - West\n  visits:\n").unwrap();
    for visit in 0..4 {
        write!(
            text,
            "    - id: {visit}\n      # as published\n      dose: {}\n",
            dose + visit
        )
        .unwrap();
    }
    text.push_str("  text: |\n    first line\n    second line\n");
}

fn toml(text: &mut String, at: usize, interval: u32, dose: u32, site: &str) {
    write!(text, "\n# protocol {at}: who is seen when\n[protocol_{at}]\ninterval = {interval} # days\nauthor = \"A. Müller\"\nenabled = true\nsites = [\n  \"{site}\",\n  \"South\",\n  \"West\",\n]\n").unwrap();
    for visit in 0..4 {
        write!(
            text,
            "[[protocol_{at}.visits]]\nid = {visit}\ndose = {}\n",
            dose + visit
        )
        .unwrap();
    }
    text.push('\n');
}

fn json(text: &mut String, at: usize, interval: u32, dose: u32, site: &str, last: bool) {
    write!(text, "  \"protocol_{at}\": {{\n    \"interval\": {interval},\n    \"author\": \"A. Müller\",\n    \"enabled\": true,\n    \"sites\": [\n      \"{site}\",\n      \"South\",\n      \"West\"\n    ],\n    \"visits\": [\n").unwrap();
    for visit in 0..4 {
        let comma = if visit < 3 { "," } else { "" };
        write!(
            text,
            "      {{\n        \"id\": {visit},\n        \"dose\": {}\n      }}{comma}\n",
            dose + visit
        )
        .unwrap();
    }
    let comma = if last { "" } else { "," };
    write!(text, "    ]\n  }}{comma}\n").unwrap();
}
