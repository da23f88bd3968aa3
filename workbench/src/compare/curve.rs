//! How a run's patients fared over time: mean, median and interval at each place of a grid, over all of them.

use std::sync::{Mutex, PoisonError};

use super::{
    ask::Side,
    lives::{self, Life, each},
    median::{Histograms, Middle},
    question::{Measure, Population, Time},
    rows::Reading,
    span::{Grid, Span},
    types::Point,
};
use crate::{
    Error,
    query::{
        Weigh,
        parallel::{parallel_on, threads},
    },
};

/// Points of a run, rising; places at which nobody is counted have none.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    pub points: Vec<Point>,
}

impl Weigh for Curve {
    fn bytes(&self) -> usize {
        self.points.len() * size_of::<Point>()
    }
}

/// What is asked of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub time: Time,
    pub measure: Measure,
    pub population: Population,
}

/// Count, sum and squares at a place, around a value in the middle of what there is.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    n: u64,
    sum: f64,
    squares: f64,
}

impl Measure {
    /// Near the values, so that their squares cost no digits.
    fn pivot(self) -> f64 {
        match self {
            Self::Vision => 60.0,
            Self::Injections => 10.0,
            Self::StillTreated => 0.0,
        }
    }

    /// Bins for one unit: a sixteenth of a letter; whole numbers have their own.
    fn scale(self) -> f32 {
        match self {
            Self::Vision => 16.0,
            Self::Injections | Self::StillTreated => 1.0,
        }
    }

    fn visit_columns(self) -> &'static [&'static str] {
        match self {
            Self::Injections => &lives::VISITS,
            Self::Vision | Self::StillTreated => &lives::VISITS[..2],
        }
    }
}

/// The curve of a run. Blocking.
pub(super) fn curve(side: &Side, span: &Span, asked: Asked) -> Result<Curve, Error> {
    let grid = Grid::of(&side.info, span, asked.time);
    let places = grid.x.len();
    let visits = side.info.result.as_ref().map(|result| result.visits);
    let columns = asked.measure.visit_columns();
    let reading = Reading::new(&*side.rows, &lives::PATIENTS, columns, visits);
    let pivot = asked.measure.pivot();
    let histograms = Mutex::new(Histograms::new(places, asked.measure.scale()));
    let sums = parallel_on(threads(), reading.groups(), |group| {
        let (patients, visits) = reading.group(group)?;
        let mut sums = vec![Sum::default(); places];
        let mut counted = Histograms::new(places, asked.measure.scale());
        each((&patients, &visits), span, |life| {
            walk(life, &grid, asked, |place, value| {
                let distance = f64::from(value) - pivot;
                let sum = &mut sums[place];
                sum.n += 1;
                sum.sum += distance;
                sum.squares += distance * distance;
                counted.add(place, value);
            });
        })?;
        let mut all = histograms.lock().unwrap_or_else(PoisonError::into_inner);
        all.merge(&counted);
        Ok(sums)
    })?;
    let histograms = histograms
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let middles: Vec<Option<Middle>> = (0..places).map(|place| histograms.middle(place)).collect();
    let medians = medians(&reading, span, &grid, asked, &histograms, &middles)?;
    let points = (0..places).filter_map(|place| {
        // Group by group in their order: the same to the last bit on any number of threads.
        let sum = sums.iter().fold(Sum::default(), |all, group| Sum {
            n: all.n + group[place].n,
            sum: all.sum + group[place].sum,
            squares: all.squares + group[place].squares,
        });
        (sum.n > 0).then(|| point(grid.x[place], sum, pivot, medians[place]))
    });
    Ok(Curve {
        points: points.collect(),
    })
}

fn point(x: f64, sum: Sum, pivot: f64, median: f64) -> Point {
    let n = sum.n as f64;
    let variance = match sum.n {
        1 => 0.0,
        _ => ((sum.squares - sum.sum * sum.sum / n) / (n - 1.0)).max(0.0),
    };
    let sd = variance.sqrt();
    Point {
        x,
        n: sum.n,
        mean: pivot + sum.sum / n,
        median,
        sd,
        half: 1.96 * sd / n.sqrt(),
    }
}

/// A patient's value at each place at which they are counted: the last one at or before it.
fn walk(life: &Life<'_>, grid: &Grid, asked: Asked, mut take: impl FnMut(usize, f32)) {
    let only_treated =
        asked.population == Population::StillTreated && asked.measure != Measure::StillTreated;
    let (mut seen, mut injections) = (0, 0_u16);
    for (place, day) in grid.days(life.enrolled).enumerate() {
        // They have not come yet.
        let Ok(day) = u32::try_from(day) else {
            continue;
        };
        if day > life.followed || (only_treated && life.has_stopped(day)) {
            break;
        }
        while life.days.get(seen).is_some_and(|at| u32::from(*at) <= day) {
            injections += u16::from(life.is_injected(seen));
            seen += 1;
        }
        let Some(last) = seen.checked_sub(1) else {
            continue;
        };
        let value = match asked.measure {
            Measure::Vision => life.vision[last],
            Measure::Injections => f32::from(injections),
            Measure::StillTreated => f32::from(u8::from(!life.has_stopped(day))),
        };
        take(place, value);
    }
}

fn medians(
    reading: &Reading<'_>,
    span: &Span,
    grid: &Grid,
    asked: Asked,
    histograms: &Histograms,
    middles: &[Option<Middle>],
) -> Result<Vec<f64>, Error> {
    if asked.measure != Measure::Vision {
        let counts = middles.iter().map(|middle| match middle {
            Some(middle) => middle.of_counts(),
            None => Some(0.0),
        });
        if let Some(medians) = counts.collect() {
            return Ok(medians);
        }
    }
    let parts = parallel_on(threads(), reading.groups(), |group| {
        let (patients, visits) = reading.group(group)?;
        let mut near = vec![Vec::new(); middles.len()];
        each((&patients, &visits), span, |life| {
            walk(life, grid, asked, |place, value| {
                let middle = middles[place].as_ref();
                if middle.is_some_and(|middle| histograms.is_near(middle, value)) {
                    near[place].push(value);
                }
            });
        })?;
        Ok(near)
    })?;
    let median = |(place, middle): (usize, &Option<Middle>)| match middle {
        Some(middle) => middle.of(parts
            .iter()
            .flat_map(|part| &part[place])
            .copied()
            .collect()),
        None => 0.0,
    };
    Ok(middles.iter().enumerate().map(median).collect())
}
