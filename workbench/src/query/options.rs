//! What the fixed filters can offer: the age range, sexes, sites and visits of a study.

use std::collections::BTreeMap;

use super::{
    FilterOptions,
    filter::{age_column, sex_column, site_column, site_names},
    index::{NONE, StudyIndex},
    natural::natural_order,
};
use crate::{Error, Study, Workbench, data::CategoryCount};

/// Sites or visits offered; more would not be a choice any more.
const MOST_OFFERED: usize = 1_000;

impl Workbench {
    /// What the fixed filters work on in this study.
    pub async fn filter_options(&self, study: &Study) -> Result<FilterOptions, Error> {
        let (bench, study) = (self.clone(), study.clone());
        super::off_thread(move || {
            let index = bench.index(&study)?;
            Ok(FilterOptions {
                age: age_column(&study).cloned(),
                sex: sex_column(&study).cloned(),
                sites: bench.sites(&study, &index)?,
                visits: visits(&index),
            })
        })
        .await
    }

    /// Participants of each site; one of two sites counts for both.
    fn sites(&self, study: &Study, index: &StudyIndex) -> Result<Vec<CategoryCount>, Error> {
        let cohort = study.table(&study.keys.cohort_table);
        let (Some(table), Some(column)) = (cohort, site_column(study)) else {
            return Ok(Vec::new());
        };
        let dictionary = self.dictionary(table, &column.name)?;
        let mut cells = vec![0_u64; dictionary.values.len()];
        for row in index.cohort_rows.iter().filter(|row| **row != NONE) {
            if let Some(count) = cells.get_mut(dictionary.codes[*row as usize] as usize) {
                *count += 1;
            }
        }
        let mut sites: BTreeMap<&str, u64> = BTreeMap::new();
        for (cell, count) in dictionary.values.iter().zip(cells) {
            let mut names: Vec<&str> = site_names(cell).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                *sites.entry(name).or_default() += count;
            }
        }
        let sites: Vec<(&str, u64)> = sites.into_iter().collect();
        let names: Vec<&str> = sites.iter().map(|(name, _)| *name).collect();
        let listed = natural_order(&names).into_iter().take(MOST_OFFERED);
        Ok(listed
            .map(|at| CategoryCount {
                value: sites[at].0.into(),
                count: sites[at].1,
            })
            .collect())
    }
}

/// Rows of each visit.
fn visits(index: &StudyIndex) -> Vec<CategoryCount> {
    let frame = &index.frame;
    let mut counts = vec![0_u64; frame.visits.len()];
    for visit in &frame.visit {
        if let Some(count) = counts.get_mut(*visit as usize) {
            *count += 1;
        }
    }
    let counts = counts
        .into_iter()
        .enumerate()
        .filter(|(_, count)| *count > 0)
        .take(MOST_OFFERED);
    counts
        .map(|(rank, count)| CategoryCount {
            value: frame.visits.text(rank),
            count,
        })
        .collect()
}
