//! Box, violin and visits: y by group, and whether the groups differ.

use super::{Group, Panel, PlotKind, PlotSpec, frame::Frame, scale::Scale, words::count};
use crate::statistics::{Kde, Moments, NotMade, Sample, anova, mean_interval};

/// Values beyond the whiskers that a group shows.
const MAX_OUTLIERS: usize = 500;

/// Places on a violin's outline.
const OUTLINE_PLACES: usize = 101;

/// Fills in groups by x, then colour, and the analysis of variance over x (over the colours, where
/// x is not chosen). Empty groups are not listed.
pub(super) fn draw(frame: &Frame, spec: &PlotSpec, panels: &mut [Panel], notes: &mut Vec<String>) {
    let mut values = vec![Vec::new(); frame.missing.len()];
    for point in 0..frame.len() {
        values[frame.cell_of(point)].push(frame.y[point]);
    }
    let label = spec.y.as_deref().unwrap_or_default();
    let mut most_outliers = 0;
    for (f, panel) in panels.iter_mut().enumerate() {
        let mut compared: Vec<(String, Moments)> = Vec::new();
        for g in 0..frame.group_count() {
            let mut of_group: Vec<f64> = Vec::new();
            for (c, colour) in frame.colours.names.iter().enumerate() {
                let cell = frame.cell(f as u32, c as u32, g as u32);
                let sample = Sample::new(std::mem::take(&mut values[cell]));
                let name = frame.groups.get(g).map_or(label, String::as_str);
                let Some((group, outliers)) =
                    group(&sample, frame.missing[cell], frame.scale_y, spec)
                else {
                    continue;
                };
                most_outliers = most_outliers.max(outliers);
                panel.groups.push(Group {
                    name: name.to_owned(),
                    colour: colour.clone(),
                    ..group
                });
                let places = sample.values().iter().map(|&y| frame.scale_y.place(y));
                if frame.groups.is_empty() {
                    let name = colour.clone().unwrap_or_default();
                    compared.push((name, Moments::of(&places.collect::<Vec<f64>>())));
                } else {
                    of_group.extend(places);
                }
            }
            if !of_group.is_empty() {
                compared.push((frame.groups[g].clone(), Moments::of(&of_group)));
            }
        }
        if spec.kind != PlotKind::Visits {
            compare(panel, &compared, notes);
        }
    }
    if spec.kind != PlotKind::Visits {
        if frame.scale_y == Scale::Log10 {
            notes.push(format!(
                "Whiskers and comparisons are of {}.",
                frame.scale_y.label(label)
            ));
        }
        if most_outliers > MAX_OUTLIERS {
            notes.push(format!(
                "At most {MAX_OUTLIERS} outliers a group drawn, of up to {}.",
                count(most_outliers as u64)
            ));
        }
    }
}

fn compare(panel: &mut Panel, compared: &[(String, Moments)], notes: &mut Vec<String>) {
    match anova(compared) {
        Ok(anova) => panel.anova = Some(anova),
        // One group is no question.
        Err(NotMade::TooFew { .. }) => {}
        Err(why) => {
            let of = panel
                .name
                .as_ref()
                .map(|name| format!(" of {name}"))
                .unwrap_or_default();
            notes.push(format!("Analysis of variance{of}: {why}"));
        }
    }
}

/// One group without its names, and how many outliers it has in all.
fn group(sample: &Sample, missing: u64, scale: Scale, spec: &PlotSpec) -> Option<(Group, usize)> {
    let description = sample.describe(missing)?;
    let interval = mean_interval(&Moments::of(sample.values()));
    let mut group = Group {
        name: String::new(),
        colour: None,
        whiskers: [description.min, description.max],
        outliers: Vec::new(),
        density: Vec::new(),
        interval,
        description,
    };
    if spec.kind == PlotKind::Visits {
        return Some((group, 0));
    }
    let places: Sample = sample.values().iter().map(|&y| scale.place(y)).collect();
    let inside = inside_whiskers(&places)?;
    let values = sample.values();
    // Quartiles lie between values: a whisker never starts inside the box.
    group.whiskers = [
        values[inside.start].min(group.description.q25),
        values[inside.end - 1].max(group.description.q75),
    ];
    let outliers: Vec<f64> = [&values[..inside.start], &values[inside.end..]].concat();
    let all = outliers.len();
    group.outliers = thin(outliers);
    if spec.kind == PlotKind::Violin
        && let (Ok(kde), Some([low, high])) = (Kde::new(&places, spec.bandwidth), places.range())
    {
        let outline = kde.curve(low, high, OUTLINE_PLACES).into_iter();
        group.density = outline
            .map(|[place, density]| [scale.value(place), density])
            .collect();
    }
    Some((group, all))
}

/// Tukey 1977: the values within 1.5 interquartile ranges of the box.
fn inside_whiskers(places: &Sample) -> Option<std::ops::Range<usize>> {
    let (low, high) = (places.quantile(0.25)?, places.quantile(0.75)?);
    let reach = 1.5 * (high - low);
    let start = places.values().partition_point(|&v| v < low - reach);
    let end = places.values().partition_point(|&v| v <= high + reach);
    Some(start..end.max(start + 1).min(places.len()))
}

/// Evenly chosen by rank, the furthest on both sides always among them.
fn thin(outliers: Vec<f64>) -> Vec<f64> {
    let last = outliers.len().saturating_sub(1);
    if last < MAX_OUTLIERS {
        return outliers;
    }
    (0..MAX_OUTLIERS)
        .map(|i| outliers[i * last / (MAX_OUTLIERS - 1)])
        .collect()
}
