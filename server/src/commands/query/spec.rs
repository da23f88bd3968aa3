//! What was typed, as the question that the Query page asks.

use std::path::PathBuf;

use app::SAVED_QUERIES_STORE;
use holdfast::StateId;
use serde::Deserialize as _;
use workbench::{
    Study,
    data::CategoryCount,
    query::{
        CohortFilters, ExportFormat, FilterOptions, MergeSpec, Range, SavedQuery, Selection, Shape,
        default_selection,
    },
};

use super::{
    super::{
        words::among,
        work::{Whose, Work},
    },
    card,
};
use crate::Error;

/// Values that are offered of sites and visits at most: where there are more, one that is not offered may be there.
const MOST_OFFERED: usize = 1_000;

/// Who is counted, and what is taken of them.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct Asked {
    /// Ages, both ends taken: `40..60`, `40..`, `..60`
    #[arg(long, value_name = "FROM..TO", value_parser = card::range)]
    age: Option<Range>,
    /// A value of the sex column; several with commas between
    #[arg(long, value_delimiter = ',')]
    sex: Vec<String>,
    /// A site; several with commas between
    #[arg(long, value_delimiter = ',')]
    site: Vec<String>,
    /// A visit; several with commas between
    #[arg(long, value_delimiter = ',')]
    visit: Vec<String>,
    /// A filter on a column: `labs.bili >= 2`, `<= 5`, `= 2..5`, for words `exams.stage = 3, 4`, for a part of a text
    /// `exams.note ~ oedema`, or `!~` for texts without it; again for another
    #[arg(long = "where", value_name = "FILTER")]
    filters: Vec<String>,
    /// A table to take with all its columns; several with commas between
    #[arg(long, value_delimiter = ',')]
    table: Vec<String>,
    /// A column to take, `table.column`; several with commas between. Without tables and columns, the first of each table
    #[arg(long, value_delimiter = ',')]
    columns: Vec<String>,
    /// One row a participant, the visits beside one another
    #[arg(long)]
    wide: bool,
    /// BAS1 to BAS3 become BAS, the highest wins
    #[arg(long)]
    consolidate_baseline: bool,
    /// Begin with a query saved under this name; what else is said takes the place of its part, filters come on top
    #[arg(long, value_name = "NAME")]
    pub(super) saved: Option<String>,
    /// Only what is left in the end, not filter by filter
    #[arg(long, conflicts_with = "to")]
    pub(super) count: bool,
    /// Merge, and write it into this file; `-` for standard output
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(super) to: Option<PathBuf>,
    /// What it becomes; without it, what the file's name ends with, or CSV
    #[arg(long, requires = "to", value_parser = among::<ExportFormat>(&["csv", "parquet"]))]
    pub(super) format: Option<ExportFormat>,
    /// Whose study it is; without, the sample study
    #[command(flatten)]
    pub(super) whose: Whose,
}

impl Asked {
    /// The question, on top of a saved one.
    pub(super) fn spec(&self, study: &Study, saved: Option<MergeSpec>) -> Result<MergeSpec, Error> {
        let before = saved.unwrap_or_else(|| MergeSpec {
            selection: default_selection(study),
            ..MergeSpec::default()
        });
        let chosen = |new: &Vec<String>, before: Vec<String>| match new.is_empty() {
            true => before,
            false => new.iter().map(|value| value.trim().to_owned()).collect(),
        };
        let mut cards = before.filters.cards;
        for (at, text) in self.filters.iter().enumerate() {
            cards.push(card::read(study, text, format!("where{at}"))?);
        }
        Ok(MergeSpec {
            filters: CohortFilters {
                sites: chosen(&self.site, before.filters.sites),
                visits: chosen(&self.visit, before.filters.visits),
                age: self.age.or(before.filters.age),
                sex: chosen(&self.sex, before.filters.sex),
                cards,
            },
            selection: match self.table.is_empty() && self.columns.is_empty() {
                true => before.selection,
                false => self.selection(study)?,
            },
            shape: if self.wide { Shape::Wide } else { before.shape },
            consolidate_baseline: self.consolidate_baseline || before.consolidate_baseline,
        })
    }

    fn selection(&self, study: &Study) -> Result<Selection, Error> {
        let keys = &study.keys;
        let is_key =
            |name: &str| name == keys.primary_id || keys.session_id.as_deref() == Some(name);
        let mut selection = Selection::default();
        for name in &self.table {
            let table = card::table(study, name.trim())
                .map_err(|problem| Error::Misread(format!("--table: {problem}")))?;
            let names = table.columns.iter().map(|column| column.name.clone());
            let names = names.filter(|name| !is_key(name));
            selection.tables.insert(table.name.clone(), names.collect());
        }
        for name in &self.columns {
            let (table, column) = card::find(study, name.trim())
                .map_err(|problem| Error::Misread(format!("--columns: {problem}")))?;
            let taken = selection.tables.entry(table.name.clone()).or_default();
            if !is_key(&column.name) && !taken.contains(&column.name) {
                taken.push(column.name.clone());
            }
        }
        Ok(selection)
    }

    /// Whether there are such sexes, sites and visits: a slip of the fingers must not look like an empty cohort.
    pub(super) fn check(&self, offered: &FilterOptions) -> Result<(), Error> {
        let sexes = offered.sex.as_ref().map(|column| &column.categories);
        let sexes = sexes.map_or(&[][..], Vec::as_slice);
        known("--sex", &self.sex, sexes)?;
        known("--site", &self.site, &offered.sites)?;
        known("--visit", &self.visit, &offered.visits)
    }
}

fn known(option: &str, asked: &[String], offered: &[CategoryCount]) -> Result<(), Error> {
    if offered.is_empty() || offered.len() >= MOST_OFFERED {
        return Ok(());
    }
    let is_known = |value: &str| offered.iter().any(|it| it.value == value);
    match asked.iter().find(|value| !is_known(value.trim())) {
        None => Ok(()),
        Some(value) => Err(Error::Misread(format!(
            "{option}: there is no \"{value}\"; there are {}",
            card::listed(offered.iter().map(|it| it.value.as_str()))
        ))),
    }
}

/// A query that the person saved on the Query page.
pub(in crate::commands) async fn saved(work: &Work, name: &str) -> Result<SavedQuery, Error> {
    let scope = &work.by.scope;
    let id = StateId::scoped(SAVED_QUERIES_STORE.entry.key, scope);
    let found = match work.states.get(scope, &id).await {
        Err(holdfast::Error::Expired { .. }) => None,
        found => found?,
    };
    let saved = found.and_then(|state| Vec::<SavedQuery>::deserialize(&state.data).ok());
    let saved = saved.unwrap_or_default();
    match saved.iter().find(|query| query.name == name) {
        Some(query) => Ok(query.clone()),
        None if saved.is_empty() => Err(Error::NotThere("no query is saved in this study".into())),
        None => Err(Error::NotThere(format!(
            "there is no saved query \"{name}\"; there are {}",
            card::listed(saved.iter().map(|query| query.name.as_str()))
        ))),
    }
}
