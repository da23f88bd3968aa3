//! Lines over time as paths in a square of 100 by 100, so that the page has only to place them. Only on the server.

use holdfast::Timestamp;

use super::{
    rows::clock_time,
    sample::Sample,
    server::{Chart, ChartLine},
};
use crate::components::format;

/// Points of a line: about one for two pixels.
const POINTS: usize = 240;
/// Rows of the table.
const ROWS: usize = 12;
/// Marks along the time.
const MARKS: i64 = 4;

/// One line of a chart: its name, its token of the palette, its values.
pub(super) struct Series {
    pub(super) name: &'static str,
    pub(super) colour: &'static str,
    pub(super) of: fn(&Sample) -> Option<f64>,
}

/// What a chart shows, beside its lines.
pub(super) struct Frame {
    pub(super) title: &'static str,
    pub(super) unit: &'static str,
    /// The lowest value that the axis reaches to; the highest comes of the values.
    pub(super) lowest: f64,
    /// Where the axis ends at the top, where that is known.
    pub(super) highest: Option<f64>,
    pub(super) bar: Option<(f64, &'static str)>,
    pub(super) decimals: u8,
}

/// A chart of the samples in the minutes before `now` (milliseconds since 1970).
pub(super) fn chart(
    frame: &Frame,
    series: &[Series],
    samples: &[Sample],
    now: i64,
    minutes: u32,
) -> Chart {
    let span = i64::from(minutes.max(1)) * 60_000;
    let (begin, points) = (now - span, thinned(samples));
    let values = points
        .iter()
        .flat_map(|it| series.iter().map(|one| (one.of)(it)));
    let most = values.flatten().fold(0.0_f64, f64::max);
    let (top, step) = scale(frame, most);
    let height =
        |value: f64| 100.0 - (value - frame.lowest).max(0.0) / (top - frame.lowest) * 100.0;
    let along = |at: i64| (at - begin) as f64 / span as f64 * 100.0;
    let lines = series.iter().map(|one| ChartLine {
        name: one.name.to_owned(),
        colour: one.colour.to_owned(),
        path: path(
            points
                .iter()
                .map(|it| (along(it.at), (one.of)(it).map(height))),
        ),
    });
    let steps = ((top - frame.lowest) / step).round() as u32;
    let across = (0..=steps).map(|number| {
        let value = frame.lowest + step * f64::from(number);
        (height(value), format::number(value, frame.decimals.max(1)))
    });
    let marks = (1..=MARKS).map(|number| {
        let at = begin + span * number / MARKS;
        (along(at), clock_time(Timestamp(at), false))
    });
    let figure = |value: Option<f64>| {
        value.map_or_else(
            || "–".to_owned(),
            |value| format::number(value, frame.decimals),
        )
    };
    let every = points.len().div_ceil(ROWS).max(1);
    let rows = points.iter().rev().step_by(every).map(|it| {
        let time = clock_time(Timestamp(it.at), true);
        let figures = series.iter().map(|one| figure((one.of)(it)));
        std::iter::once(time).chain(figures).collect()
    });
    Chart {
        title: frame.title.to_owned(),
        unit: frame.unit.to_owned(),
        summary: summary(frame, series, &points, figure),
        lines: lines.collect(),
        across: across.collect(),
        along: marks.collect(),
        bar: frame
            .bar
            .map(|(value, name)| (height(value), name.to_owned())),
        rows: rows.collect(),
    }
}

/// `Operations, per second: reads now 5,790, at most 7,565; writes now 630, at most 839.`
fn summary(
    frame: &Frame,
    series: &[Series],
    points: &[Sample],
    figure: impl Fn(Option<f64>) -> String,
) -> String {
    let told = series.iter().map(|one| {
        let most = points
            .iter()
            .filter_map(one.of)
            .fold(None, |most: Option<f64>, value| {
                Some(most.map_or(value, |most| most.max(value)))
            });
        let now = points.iter().rev().find_map(one.of);
        format!("{} now {}, at most {}", one.name, figure(now), figure(most))
    });
    let told: Vec<String> = told.collect();
    format!("{}, {}: {}.", frame.title, frame.unit, told.join("; "))
}

/// The end of the axis and the distance of its marks: three to six marks at round numbers.
fn scale(frame: &Frame, most: f64) -> (f64, f64) {
    // Without anything to show the axis goes to 1.
    let reach = match frame.highest.unwrap_or(most) - frame.lowest {
        reach if reach > 0.0 => reach,
        _ => 1.0,
    };
    let decade = 10_f64.powf(reach.log10().floor());
    let parts = reach / decade;
    let step = decade
        * match parts {
            ..=1.5 => 0.5,
            ..=3.0 => 1.0,
            ..=6.0 => 2.0,
            _ => 2.5,
        };
    let top = match frame.highest {
        Some(highest) => highest,
        None => frame.lowest + (reach / step).ceil() * step,
    };
    (top, step)
}

/// As many points as can be told apart: rates and shares in the middle, latencies at their worst.
fn thinned(samples: &[Sample]) -> Vec<Sample> {
    let at_once = samples.len().div_ceil(POINTS).max(1);
    samples.chunks(at_once).map(together).collect()
}

fn together(some: &[Sample]) -> Sample {
    let count = some.len().max(1) as f64;
    let mean = |of: fn(&Sample) -> f64| some.iter().map(of).sum::<f64>() / count;
    let worst = |of: fn(&Sample) -> Option<f64>| {
        some.iter()
            .filter_map(of)
            .fold(None, |most: Option<f64>, value| {
                Some(most.map_or(value, |most| most.max(value)))
            })
    };
    let rates: Vec<f64> = some.iter().filter_map(|it| it.hit_rate).collect();
    let hit_rate = (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64);
    Sample {
        at: some.last().map_or(0, |it| it.at),
        reads: mean(|it| it.reads),
        writes: mean(|it| it.writes),
        p50: worst(|it| it.p50),
        p95: worst(|it| it.p95),
        p99: worst(|it| it.p99),
        hit_rate,
        requests: mean(|it| it.requests),
        too_often: some.iter().map(|it| it.too_often).sum(),
        failures: some.iter().map(|it| it.failures).sum(),
    }
}

/// A line through the points; where there is no value it breaks off.
fn path(points: impl Iterator<Item = (f64, Option<f64>)>) -> String {
    let (mut path, mut is_open) = (String::new(), false);
    for (left, top) in points {
        let Some(top) = top else {
            is_open = false;
            continue;
        };
        let verb = if is_open { 'L' } else { 'M' };
        path.push_str(&format!("{verb}{left:.1} {top:.1}"));
        if !is_open {
            // A point alone is seen too: lines have round ends.
            path.push_str("h0");
        }
        is_open = true;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    const READS: [Series; 1] = [Series {
        name: "reads",
        colour: "--hf-c1",
        of: |it| Some(it.reads),
    }];

    fn frame(highest: Option<f64>) -> Frame {
        Frame {
            title: "Operations",
            unit: "per second",
            lowest: 0.0,
            highest,
            bar: None,
            decimals: 0,
        }
    }

    #[test]
    fn a_line_lies_between_its_times_and_its_highest_value() {
        let at = |minute: i64, reads| Sample {
            at: minute * 60_000,
            reads,
            ..Sample::default()
        };
        let samples = [at(50, 0.0), at(60, 840.0)];
        let drawn = chart(&frame(None), &READS, &samples, 60 * 60_000, 60);
        let line = drawn.lines.first().map(|line| line.path.clone());
        assert_eq!(line.as_deref(), Some("M83.3 100.0h0L100.0 16.0"));
        let labels: Vec<&str> = drawn
            .across
            .iter()
            .map(|(_, label)| label.as_str())
            .collect();
        assert_eq!(labels, ["0", "250", "500", "750", "1,000"]);
        assert_eq!(drawn.along.last().map(|(left, _)| *left), Some(100.0));
        assert_eq!(
            drawn.summary,
            "Operations, per second: reads now 840, at most 840."
        );
        assert_eq!(drawn.rows.len(), 2);
    }

    #[test]
    fn an_hour_of_samples_is_thinned_and_a_gap_stays_a_gap() {
        let samples: Vec<Sample> = (0..720)
            .map(|number| Sample {
                at: number,
                hit_rate: (number % 240 < 120).then_some(95.0),
                ..Sample::default()
            })
            .collect();
        let points = thinned(&samples);
        assert_eq!(points.len(), POINTS);
        let drawn = path(points.iter().map(|it| (0.0, it.hit_rate)));
        assert_eq!(drawn.matches('M').count(), 3);
    }

    #[test]
    fn nothing_is_a_chart_too() {
        let drawn = chart(&frame(Some(100.0)), &READS, &[], 0, 15);
        assert_eq!(drawn.lines.first().map(|line| line.path.len()), Some(0));
        assert!(drawn.across.len() >= 3 && drawn.rows.is_empty());
    }
}
