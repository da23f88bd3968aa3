//! What a plot is called: its title, its file, its columns, and one line for those who do not see it.

use serde::Serialize;
use workbench::{
    data::ColumnType,
    plot::{PlotData, PlotKind, PlotSpec},
    query::{ResultColumn, ResultInfo},
};

use super::{numbers::significant, roles::find};
use crate::components::format::{count, plural};

/// What the chart calls its axes and colours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Labels {
    x: String,
    y: String,
    colour: Option<String>,
    facet: Option<String>,
    size: Option<String>,
    pub(super) is_ordinal: bool,
    x_is_date: bool,
    y_is_date: bool,
}

pub(super) fn labels(spec: &PlotSpec, result: &ResultInfo) -> Labels {
    let is_date = |name| find(result, name).is_some_and(|c| c.column_type == ColumnType::Date);
    Labels {
        x: spec.x.clone().unwrap_or_default(),
        y: spec.y.clone().unwrap_or_default(),
        colour: spec.colour.clone(),
        facet: spec.facet.clone(),
        size: spec.size.clone(),
        is_ordinal: find(result, spec.colour.as_ref()).is_some_and(is_ordinal),
        x_is_date: is_date(spec.x.as_ref()),
        y_is_date: is_date(spec.y.as_ref()),
    }
}

/// A category of numbers, such as a stage, has an order.
pub(super) fn is_ordinal(column: &ResultColumn) -> bool {
    column.is_numeric && column.column_type == ColumnType::Category
}

/// `albumin by bili, coloured by stage`.
pub(super) fn title(spec: &PlotSpec) -> String {
    let x = spec.x.as_deref();
    let y = spec.y.as_deref().unwrap_or_default();
    let by = |what: String| x.map_or_else(|| what.clone(), |x| format!("{what} by {x}"));
    let mut title = match spec.kind {
        PlotKind::Scatter | PlotKind::Box | PlotKind::Violin => by(y.to_owned()),
        PlotKind::Histogram => format!("Distribution of {}", x.unwrap_or_default()),
        PlotKind::Density => by(format!("Density of {y}")),
        PlotKind::Visits => by(format!("Mean {y}")),
    };
    if let Some(colour) = &spec.colour {
        title += &format!(", coloured by {colour}");
    }
    if let Some(facet) = &spec.facet {
        title += &format!(", a panel for each {facet}");
    }
    title
}

/// `albumin_by_bili`, safe as a file's name.
pub(super) fn file_name(spec: &PlotSpec) -> String {
    let parts = [
        spec.y.as_ref().filter(|_| spec.kind != PlotKind::Histogram),
        spec.x.as_ref(),
    ];
    let name = parts
        .into_iter()
        .flatten()
        .cloned()
        .collect::<Vec<String>>()
        .join("_by_");
    name.chars()
        .map(|c| {
            if c.is_alphanumeric() || "_-.".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect()
}

/// `labs.bili`; a key has no table, and in wide form the visit follows.
pub(super) fn column_label(column: &ResultColumn) -> String {
    match &column.visit {
        _ if column.is_key => column.name.clone(),
        Some(visit) => format!("{}.{}, visit {visit}", column.table, column.column),
        None => format!("{}.{}", column.table, column.column),
    }
}

/// `log₁₀ bili` on a log axis.
pub(super) fn on_scale(name: Option<&String>, is_log: bool) -> String {
    let name = name.map_or("", String::as_str);
    if is_log {
        format!("log₁₀ {name}")
    } else {
        name.to_owned()
    }
}

/// How much of the data is in the picture.
pub(super) fn drawn(spec: &PlotSpec, data: &PlotData) -> String {
    match (&data.note, spec.kind) {
        (Some(note), _) => note.clone(),
        (None, PlotKind::Scatter) => {
            format!(
                "{} of {} points drawn",
                count(data.drawn),
                count(data.total)
            )
        }
        (None, _) => format!("{} counted", plural(data.total, "row", "rows")),
    }
}

/// One line for screen readers.
pub(super) fn summary(spec: &PlotSpec, data: &PlotData) -> String {
    let kind = match spec.kind {
        PlotKind::Scatter => "Scatter plot",
        PlotKind::Histogram => "Histogram",
        PlotKind::Box => "Box plot",
        PlotKind::Violin => "Violin plot",
        PlotKind::Density => "Density map",
        PlotKind::Visits => "Line of means with 95 % intervals",
    };
    let mut line = format!(
        "{kind}: {}; {}.",
        title(spec),
        drawn(spec, data).trim_end_matches('.')
    );
    let panel = data.panels.first();
    if let Some(fit) = panel.and_then(|panel| panel.fits.first()) {
        line += &format!(
            " Fitted slope {}, R² {}.",
            significant(fit.slope, 3),
            significant(fit.r_squared, 3)
        );
    }
    if let Some(of) = panel.and_then(|panel| panel.description.as_ref()) {
        line += &format!(
            " Mean {}, median {}.",
            significant(of.mean, 3),
            significant(of.median, 3)
        );
    }
    let means: Vec<String> = panel
        .into_iter()
        .flat_map(|panel| &panel.groups)
        .take(12)
        .map(|group| format!("{} {}", group.name, significant(group.description.mean, 3)))
        .collect();
    if !means.is_empty() {
        line += &format!(" Means: {}.", means.join(", "));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_is_named_in_words_and_its_file_without_spaces() {
        let spec = PlotSpec {
            x: Some("bili".into()),
            y: Some("albumin, fasting".into()),
            colour: Some("stage".into()),
            ..PlotSpec::default()
        };
        assert_eq!(title(&spec), "albumin, fasting by bili, coloured by stage");
        assert_eq!(file_name(&spec), "albumin__fasting_by_bili");
    }
}
