//! The parts that columns play in a plot, and which columns fit them.

use workbench::{
    data::ColumnType,
    plot::{PlotKind, PlotSpec},
    query::{ResultColumn, ResultInfo},
};

/// The kinds, in the chooser's order: kind, name, icon.
pub(super) const KINDS: [(PlotKind, &str, &str); 6] = [
    (PlotKind::Scatter, "Scatter", "chart-scatter"),
    (PlotKind::Histogram, "Histogram", "chart-column"),
    (PlotKind::Box, "Box", "chart-candlestick"),
    (PlotKind::Violin, "Violin", "audio-waveform"),
    (PlotKind::Density, "Density", "grid-3x3"),
    (PlotKind::Visits, "Visits", "chart-spline"),
];

/// Whether the horizontal axis has groups instead of numbers.
pub(super) fn has_groups(kind: PlotKind) -> bool {
    matches!(kind, PlotKind::Box | PlotKind::Violin | PlotKind::Visits)
}

/// A part that a column plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    X,
    Y,
    Colour,
    Size,
    Facet,
}

impl Role {
    pub(super) const ALL: [Self; 5] = [Self::X, Self::Y, Self::Colour, Self::Size, Self::Facet];

    pub(super) fn get(self, spec: &PlotSpec) -> Option<&String> {
        match self {
            Self::X => spec.x.as_ref(),
            Self::Y => spec.y.as_ref(),
            Self::Colour => spec.colour.as_ref(),
            Self::Size => spec.size.as_ref(),
            Self::Facet => spec.facet.as_ref(),
        }
    }

    pub(super) fn set(self, spec: &mut PlotSpec, column: Option<String>) {
        match self {
            Self::X => spec.x = column,
            Self::Y => spec.y = column,
            Self::Colour => spec.colour = column,
            Self::Size => spec.size = column,
            Self::Facet => spec.facet = column,
        }
    }

    /// Whether this kind has the part at all.
    pub(super) fn is_used(self, kind: PlotKind) -> bool {
        match self {
            Self::X | Self::Facet => true,
            Self::Y => kind != PlotKind::Histogram,
            Self::Colour => kind != PlotKind::Density,
            Self::Size => kind == PlotKind::Scatter,
        }
    }

    /// Whether this kind cannot be drawn without it.
    pub(super) fn is_needed(self, kind: PlotKind) -> bool {
        match self {
            Self::X => !matches!(kind, PlotKind::Box | PlotKind::Violin),
            Self::Y => kind != PlotKind::Histogram,
            Self::Colour | Self::Size | Self::Facet => false,
        }
    }

    /// What the rail calls it.
    pub(super) fn label(self, kind: PlotKind) -> &'static str {
        match self {
            Self::X if kind == PlotKind::Visits => "Visit",
            Self::X if has_groups(kind) => "Group",
            Self::X => "Horizontal",
            Self::Y => "Vertical",
            Self::Colour => "Colour",
            Self::Size => "Size",
            Self::Facet => "Facet",
        }
    }

    /// Whether a column can play the part.
    pub(super) fn fits(self, kind: PlotKind, column: &ResultColumn, result: &ResultInfo) -> bool {
        let is_group = is_group(column, result);
        match self {
            Self::X if has_groups(kind) => is_group,
            Self::X | Self::Y => column.is_numeric || column.column_type == ColumnType::Date,
            Self::Colour | Self::Facet => is_group,
            Self::Size => column.is_numeric && !column.is_key,
        }
    }
}

/// Few values: a category, or the visit.
fn is_group(column: &ResultColumn, result: &ResultInfo) -> bool {
    matches!(column.column_type, ColumnType::Category | ColumnType::YesNo) && !column.is_key
        || is_visit(column, result)
}

/// Whether the column names the visit.
pub(super) fn is_visit(column: &ResultColumn, result: &ResultInfo) -> bool {
    column.is_key && result.keys.session_id.as_ref() == Some(&column.column)
}

/// The column with this name.
pub(super) fn find<'a>(result: &'a ResultInfo, name: Option<&String>) -> Option<&'a ResultColumn> {
    result
        .columns
        .iter()
        .find(|column| Some(&column.name) == name)
}
