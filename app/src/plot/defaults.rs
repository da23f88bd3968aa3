//! What is drawn when a person has not chosen, or chose a column that this result does not have.
//!
//! Knows nothing of stores: what is decided here is shown, and kept only once a person changes
//! something.

use workbench::{
    data::{ColumnType, StudyView},
    plot::{PlotKind, PlotSpec},
    query::{ResultColumn, ResultInfo},
};

use super::roles::{Role, find, has_groups, is_visit};

/// Values of a column that colours by itself.
const FEW_VALUES: u64 = PlotSpec::MAX_COLOURS as u64;

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chosen {
    /// Every column is in the result and fits its part.
    pub(super) spec: PlotSpec,
    /// Chosen columns that this result does not have, in the order of the rail.
    pub(super) gone: Vec<(Role, String)>,
}

/// What is drawn of a result under a person's choices.
pub(super) fn resolve(stored: &PlotSpec, result: &ResultInfo, study: &StudyView) -> Chosen {
    let mut chosen = Chosen {
        spec: stored.clone(),
        gone: Vec::new(),
    };
    let kind = stored.kind;
    let is_untouched = Role::ALL.iter().all(|role| role.get(stored).is_none());
    for role in Role::ALL {
        let wanted = role.get(stored);
        let column = find(result, wanted);
        if let Some(name) = wanted
            && column.is_none()
        {
            chosen.gone.push((role, name.clone()));
        }
        if role.is_used(kind) && column.is_some_and(|column| role.fits(kind, column, result)) {
            continue;
        }
        let is_coloured = role == Role::Colour && is_untouched && kind == PlotKind::Scatter;
        let wants_default = role.is_used(kind) && role.is_needed(kind)
            || role == Role::X && has_groups(kind) && (wanted.is_some() || is_untouched)
            || is_coloured;
        let default = wants_default
            .then(|| default_for(role, &chosen.spec, result, study))
            .flatten();
        role.set(&mut chosen.spec, default);
    }
    chosen.spec.log_x &= !has_groups(kind);
    chosen.spec.log_y &= kind != PlotKind::Histogram;
    chosen
}

/// Writes what was shown into choices that were not made, before one of them changes.
pub(super) fn fill(stored: &mut PlotSpec, shown: &PlotSpec) {
    let is_untouched = Role::ALL.iter().all(|role| role.get(stored).is_none());
    for role in [Role::X, Role::Y, Role::Colour] {
        if role.get(stored).is_none() && (is_untouched || role.is_needed(shown.kind)) {
            role.set(stored, role.get(shown).cloned());
        }
    }
}

fn default_for(
    role: Role,
    spec: &PlotSpec,
    result: &ResultInfo,
    study: &StudyView,
) -> Option<String> {
    let kind = spec.kind;
    let taken = |column: &ResultColumn| {
        let other = if role == Role::X { &spec.y } else { &spec.x };
        Some(&column.name) == other.as_ref()
    };
    let mut fitting: Vec<&ResultColumn> = result
        .columns
        .iter()
        .filter(|column| role.fits(kind, column, result) && !taken(column))
        .collect();
    if role == Role::Colour {
        fitting.retain(|column| has_few_values(column, study));
    }
    // Measurements before whole numbers such as days, what was seen at visits before what is
    // fixed for a participant, keys last; else in the result's order.
    fitting.sort_by_key(|column| {
        let is_fixed = column.table == result.keys.cohort_table;
        let rank = match column.column_type {
            ColumnType::Number => 0,
            ColumnType::Integer => 1,
            ColumnType::Category => 2,
            _ => 3,
        };
        (column.is_key, is_fixed, rank)
    });
    if kind == PlotKind::Visits && role == Role::X {
        fitting.sort_by_key(|column| !is_visit(column, result));
    }
    fitting.first().map(|column| column.name.clone())
}

fn has_few_values(column: &ResultColumn, study: &StudyView) -> bool {
    study
        .table(&column.table)
        .and_then(|table| table.column(&column.column))
        .is_some_and(|info| (2..=FEW_VALUES).contains(&info.distinct))
}

#[cfg(test)]
#[path = "defaults_tests.rs"]
mod tests;
