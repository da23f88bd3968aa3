//! A plot's data, for any of the six kinds.
//!
//! Owns the order of the work and what is said about all kinds alike; what each kind draws is in
//! its own file. Reads only the columns the plot needs. Everything in [`PlotData`] is in the
//! columns' own units, also on a log axis: edges, lines and curves are evenly spaced there, and
//! statistics that assume a scale (fit, analysis of variance, whiskers, densities, tests of
//! normality) are made on log10.

use super::{
    Bandwidth, Panel, PlotData, PlotKind, PlotSpec, Series, density, frame::Frame, groups,
    histogram, scatter, words::count,
};
use crate::{Error, Workbench, query::ResultInfo};

impl Workbench {
    /// What to draw of a result. [`Error::BadRequest`] names the choice that does not fit.
    pub async fn plot(&self, result: &ResultInfo, spec: &PlotSpec) -> Result<PlotData, Error> {
        let (bench, info, spec) = (self.clone(), result.clone(), spec.clone());
        tokio::task::spawn_blocking(move || {
            check(&spec)?;
            let frame = Frame::read(&bench, &info, &spec)?;
            Ok(draw(frame, &info, &spec))
        })
        .await
        .map_err(|error| Error::Internal(error.to_string()))?
    }
}

fn check(spec: &PlotSpec) -> Result<(), Error> {
    match spec.bandwidth {
        Bandwidth::Manual(width) if !(width.is_finite() && width > 0.0) => Err(Error::BadRequest(
            "A bandwidth is a number above 0. Change it.".to_owned(),
        )),
        _ => Ok(()),
    }
}

fn draw(mut frame: Frame, info: &ResultInfo, spec: &PlotSpec) -> PlotData {
    let mut panels = panels(&frame, spec);
    let total = frame.len() as u64;
    let mut notes = std::mem::take(&mut frame.notes);
    let mut drawn = total;
    match spec.kind {
        PlotKind::Scatter => {
            drawn = scatter::draw(&frame, spec, &info.id, &mut panels, &mut notes);
        }
        PlotKind::Density => density::draw(&frame, spec, &mut panels, &mut notes),
        PlotKind::Histogram => histogram::draw(&frame, spec, &mut panels),
        PlotKind::Box | PlotKind::Violin | PlotKind::Visits => {
            groups::draw(&frame, spec, &mut panels, &mut notes);
        }
    }
    if drawn < total {
        let all = count(total);
        notes.insert(
            0,
            format!(
                "{} of {all} points drawn, chosen evenly at random.",
                count(drawn)
            ),
        );
    }
    PlotData {
        result_id: info.id.clone(),
        drawn,
        total,
        left_out: frame.left_out,
        note: (!notes.is_empty()).then(|| notes.join(" ")),
        repeats_participants: frame.repeats(spec.kind == PlotKind::Visits),
        panels,
    }
}

/// The panels with their colours, each with its n and means over all points. Every panel has
/// every colour, so that a colour has the same place in all.
fn panels(frame: &Frame, spec: &PlotSpec) -> Vec<Panel> {
    let has_x = frame.groups.is_empty() && spec.x.is_some();
    let has_y = spec.kind != PlotKind::Histogram;
    let points = frame.by_panel_and_colour();
    let series = |name: &Option<String>, points: &Vec<u32>| Series {
        name: name.clone(),
        n: points.len() as u64,
        mean_x: has_x.then(|| mean(&frame.x, points)).flatten(),
        mean_y: has_y.then(|| mean(&frame.y, points)).flatten(),
        ..Series::default()
    };
    frame
        .facets
        .names
        .iter()
        .zip(&points)
        .map(|(name, colours)| Panel {
            name: name.clone(),
            series: frame
                .colours
                .names
                .iter()
                .zip(colours)
                .map(|(n, p)| series(n, p))
                .collect(),
            ..Panel::default()
        })
        .collect()
}

/// Mean of some of the values, added as differences from the first so that none can overflow.
pub(super) fn mean(values: &[f64], points: &[u32]) -> Option<f64> {
    let first = values[*points.first()? as usize];
    let n = points.len() as f64;
    let rest: f64 = points
        .iter()
        .map(|&p| (values[p as usize] - first) / n)
        .sum();
    Some(first + rest)
}
