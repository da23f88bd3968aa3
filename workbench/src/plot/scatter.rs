//! Scatter: points, and lines over all of them.

use super::{
    Fit, Panel, PlotSpec, Point,
    frame::Frame,
    sampling,
    scale::{Scale, range_of},
};
use crate::statistics::{Line, ols};

/// Places on a fitted line; between them its interval looks straight.
const LINE_PLACES: usize = 50;

/// Fills in points and fits; returns the points drawn. Fits are over all points, drawn or not.
pub(super) fn draw(
    frame: &Frame,
    spec: &PlotSpec,
    seed: &str,
    panels: &mut [Panel],
    notes: &mut Vec<String>,
) -> u64 {
    let chosen = sampling::choose(PlotSpec::MAX_POINTS, frame.len(), seed);
    for &point in &chosen {
        let series = &mut panels[frame.facet[point] as usize].series;
        series[frame.colour[point] as usize].points.push(Point {
            row: frame.rows[point],
            x: frame.x[point],
            y: frame.y[point],
            size: frame
                .size
                .get(point)
                .copied()
                .filter(|size| size.is_finite()),
        });
    }
    fits(frame, spec, panels, notes);
    chosen.len() as u64
}

/// One line a panel, or one a colour.
pub(super) fn fits(frame: &Frame, spec: &PlotSpec, panels: &mut [Panel], notes: &mut Vec<String>) {
    if !spec.fit {
        return;
    }
    let has_colours = spec.fit_by_colour && spec.colour.is_some();
    for (panel, colours) in panels.iter_mut().zip(frame.by_panel_and_colour()) {
        let sets: Vec<(Option<String>, Vec<u32>)> = if has_colours {
            frame.colours.names.iter().cloned().zip(colours).collect()
        } else {
            vec![(None, colours.into_iter().flatten().collect())]
        };
        for (group, points) in sets.into_iter().filter(|(_, points)| !points.is_empty()) {
            let (x, y): (Vec<f64>, Vec<f64>) = points
                .iter()
                .map(|&point| frame.place(point as usize))
                .map(|[x, y]| (x, y))
                .unzip();
            match ols(&x, &y) {
                Ok(line) => panel
                    .fits
                    .push(fit(group, &line, &x, frame.scale_x, frame.scale_y)),
                Err(why) => {
                    let of = [panel.name.as_deref(), group.as_deref()];
                    let of: Vec<&str> = of.into_iter().flatten().collect();
                    let of = if of.is_empty() {
                        String::new()
                    } else {
                        format!(" of {}", of.join(", "))
                    };
                    notes.push(format!("Fit{of}: {}", lower_first(&why.to_string())));
                }
            }
        }
    }
}

fn fit(group: Option<String>, line: &Line, x: &[f64], scale_x: Scale, scale_y: Scale) -> Fit {
    let [low, high] = range_of(x.iter().copied()).unwrap_or_default();
    let places = (0..LINE_PLACES).map(|i| {
        let place = low + (high - low) * (i as f64 / (LINE_PLACES - 1) as f64);
        let [lower, upper] = line.interval(place);
        [
            scale_x.value(place),
            scale_y.value(line.at(place)),
            scale_y.value(lower),
            scale_y.value(upper),
        ]
    });
    Fit {
        group,
        slope: line.slope,
        intercept: line.intercept,
        r: line.r,
        r_squared: line.r_squared(),
        p: line.p,
        standard_error: line.standard_error,
        n: line.n,
        // A steep line on a log axis leaves what a number can hold.
        line: places
            .filter(|p| p.iter().all(|value| value.is_finite()))
            .collect(),
    }
}

fn lower_first(sentence: &str) -> String {
    let mut rest = sentence.chars();
    rest.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(rest).collect()
    })
}
