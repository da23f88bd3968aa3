//! Histogram: counts, a density curve scaled to them, the column's statistics and tests.

use super::{
    Panel, PlotSpec, TestResult,
    frame::Frame,
    scale::{Cells, range_of},
    words::{count, p_value},
};
use crate::statistics::{Kde, NotMade, Sample, anderson, shapiro};

/// Bins chosen for the reader stay between these.
const CHOSEN: (usize, usize) = (5, 200);

/// Places on a density curve.
const CURVE_PLACES: usize = 200;

/// Fills in edges (the same in every panel), counts, curves, statistics and tests.
pub(super) fn draw(frame: &Frame, spec: &PlotSpec, panels: &mut [Panel]) {
    let places: Vec<f64> = frame.x.iter().map(|&x| frame.scale_x.place(x)).collect();
    let Some(range) = range_of(places.iter().copied()) else {
        return;
    };
    let points = frame.by_panel_and_colour();
    let label = frame.scale_x.label(spec.x.as_deref().unwrap_or_default());
    let mut samples: Vec<Sample> = points
        .iter()
        .map(|colours| {
            colours
                .iter()
                .flatten()
                .map(|&p| places[p as usize])
                .collect()
        })
        .collect();
    let bins = match spec.bins {
        Some(bins) => bins.clamp(1, PlotSpec::MAX_BINS) as usize,
        // Over everything, not panel by panel: they share their edges.
        None if samples.len() == 1 => chosen_bins(&samples[0]),
        None => chosen_bins(&places.iter().copied().collect()),
    };
    let cells = Cells::new(range, bins);
    for (f, (panel, colours)) in panels.iter_mut().zip(points).enumerate() {
        panel.edges = cells
            .edges()
            .iter()
            .map(|&edge| frame.scale_x.value(edge))
            .collect();
        let sample = std::mem::take(&mut samples[f]);
        for (c, (series, points)) in panel.series.iter_mut().zip(&colours).enumerate() {
            series.counts = vec![0; bins];
            for &point in points {
                series.counts[cells.of(places[point as usize])] += 1;
            }
            if spec.kde && colours.len() == 1 {
                series.curve = curve(&sample, spec, &cells, frame);
            } else if spec.kde {
                let own = colours[c].iter().map(|&p| places[p as usize]).collect();
                series.curve = curve(&own, spec, &cells, frame);
            }
        }
        let first = frame.cell(f as u32, 0, 0);
        let missing = frame.missing[first..first + frame.colours.len()]
            .iter()
            .sum();
        // Of the values themselves, also on a log axis: log10 keeps their order, so they need
        // no second sorting.
        panel.description = if spec.log_x {
            let own: Sample = colours
                .iter()
                .flatten()
                .map(|&p| frame.x[p as usize])
                .collect();
            own.describe(missing)
        } else {
            sample.describe(missing)
        };
        panel.tests = vec![
            test("Shapiro-Wilk", "W", &label, shapiro(&sample)),
            test("Anderson-Darling", "A2", &label, anderson(&sample)),
        ];
    }
}

/// Freedman & Diaconis 1981: width 2 IQR n^(-1/3); Sturges 1926 where the quartiles are equal.
fn chosen_bins(sample: &Sample) -> usize {
    let n = sample.len() as f64;
    let [low, high] = sample.range().unwrap_or_default();
    let width = 2.0 * sample.interquartile_range().unwrap_or_default() / n.cbrt();
    let bins = if width > 0.0 {
        ((high - low) / width).ceil()
    } else {
        n.log2().ceil() + 1.0
    };
    (bins as usize).clamp(CHOSEN.0, CHOSEN.1)
}

/// Expected count of a bin around each place.
fn curve(sample: &Sample, spec: &PlotSpec, cells: &Cells, frame: &Frame) -> Vec<[f64; 2]> {
    let edges = cells.edges();
    let (Ok(kde), Some(&low), Some(&high)) = (
        Kde::new(sample, spec.bandwidth),
        edges.first(),
        edges.last(),
    ) else {
        return Vec::new();
    };
    let scale = sample.len() as f64 * cells.width();
    kde.curve(low, high, CURVE_PLACES)
        .into_iter()
        .map(|[place, density]| [frame.scale_x.value(place), density * scale])
        .collect()
}

/// A test that was not made has statistic 0, no p, and says why.
fn test(name: &str, symbol: &str, column: &str, made: Result<[f64; 2], NotMade>) -> TestResult {
    let (statistic, p, sentence) = match made {
        Ok([statistic, p]) if p < 0.05 => (
            statistic,
            Some(p),
            format!("{column} is not normally distributed (p {}).", p_value(p)),
        ),
        Ok([statistic, p]) => (
            statistic,
            Some(p),
            format!(
                "Nothing speaks against a normal distribution of {column} (p {}).",
                p_value(p)
            ),
        ),
        Err(NotMade::TooMany { most, have }) => (
            0.0,
            None,
            format!(
                "Not made: {name} holds for at most {} values, and there are {}.",
                count(most as u64),
                count(have as u64)
            ),
        ),
        Err(why) => (0.0, None, why.to_string()),
    };
    TestResult {
        name: name.to_owned(),
        symbol: symbol.to_owned(),
        statistic,
        p,
        sentence,
    }
}
