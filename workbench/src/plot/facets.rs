//! What splits a plot: colours within a panel, and panels.

use super::{
    PlotSpec,
    columns::{Categories, MISSING},
    words::count,
};

/// The name of colours beyond the limit.
const OTHER: &str = "other";

/// The name of rows without a colour. They are drawn: colouring must not change a fit.
const WITHOUT: &str = "missing";

/// A split of the rows into a few named parts; without a column, one part without a name.
pub(super) struct Split {
    /// Names in the order they are drawn.
    pub(super) names: Vec<Option<String>>,
    /// What a reader should know.
    pub(super) note: Option<String>,
    codes: Vec<u32>,
}

impl Split {
    /// The code of rows in panels that are not drawn.
    pub(super) const NOT_DRAWN: u32 = MISSING - 1;

    /// The most frequent colours in natural order, then the rest, then rows without one.
    pub(super) fn colours(column: Option<Categories>) -> Self {
        let Some(mut column) = column else {
            return Self::whole();
        };
        let mut counts = vec![0_u64; column.names.len()];
        let mut has_missing = false;
        for &code in &column.codes {
            match counts.get_mut(code as usize) {
                Some(count) => *count += 1,
                None => has_missing = true,
            }
        }
        let mut kept: Vec<usize> = (0..counts.len()).collect();
        kept.sort_by_key(|&code| std::cmp::Reverse(counts[code]));
        kept.truncate(PlotSpec::MAX_COLOURS);
        kept.sort_unstable();
        let mut names: Vec<_> = kept
            .iter()
            .map(|&c| Some(column.names[c].clone()))
            .collect();
        let other = names.len() as u32;
        if counts.len() > kept.len() {
            names.push(Some(OTHER.to_owned()));
        }
        let without = names.len() as u32;
        if has_missing {
            names.push(Some(WITHOUT.to_owned()));
        }
        let mut renamed = vec![other; counts.len()];
        for (place, &code) in kept.iter().enumerate() {
            renamed[code] = place as u32;
        }
        for code in &mut column.codes {
            *code = renamed.get(*code as usize).copied().unwrap_or(without);
        }
        Self {
            // A column without any row still is one part.
            names: if names.is_empty() { vec![None] } else { names },
            note: None,
            codes: column.codes,
        }
    }

    /// The first panels in natural order; rows without a value are left out.
    pub(super) fn facets(column: Option<Categories>, name: Option<&str>) -> Self {
        let Some(mut column) = column else {
            return Self::whole();
        };
        let all = column.names.len();
        let note = (all > PlotSpec::MAX_FACETS).then(|| {
            let name = name.unwrap_or_default();
            format!(
                "{} of {} panels of {name} drawn, the first in order.",
                PlotSpec::MAX_FACETS,
                count(all as u64)
            )
        });
        column.names.truncate(PlotSpec::MAX_FACETS);
        for code in &mut column.codes {
            if *code != MISSING && *code as usize >= PlotSpec::MAX_FACETS {
                *code = Self::NOT_DRAWN;
            }
        }
        Self {
            names: column.names.into_iter().map(Some).collect(),
            note,
            codes: column.codes,
        }
    }

    fn whole() -> Self {
        Self {
            names: vec![None],
            note: None,
            codes: Vec::new(),
        }
    }

    /// Parts.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The part of a row.
    pub(super) fn code(&self, row: usize) -> u32 {
        self.codes.get(row).copied().unwrap_or(0)
    }
}
