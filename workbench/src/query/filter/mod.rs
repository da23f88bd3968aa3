//! From filters to sets of rows: which column each filter works on, whether it can, and its bitmap.
//! Each bitmap is kept under the filter's value, so a change of one filter computes one bitmap.

mod columns;
mod evaluate;
mod label;
mod taken;

use std::sync::Arc;

use self::taken::{Rule, Taken};
pub(crate) use self::{
    columns::{age_column, sex_column, site_column},
    evaluate::site_names,
};
use super::{
    CardRule, CohortFilters, FilterCard, Range,
    index::{Place, StudyIndex, cohort_of},
};
use crate::{
    Error, Study, Workbench,
    data::{ColumnInfo, ColumnType},
};

/// A filter that can be applied.
#[derive(Clone)]
pub(crate) struct Filter {
    /// What it is about: `Site`, `Visit`, `Age`, `Sex`, and of a card `Range`, `Dates`, `Text` or `Categories`.
    pub(crate) kind: &'static str,
    /// The table of a card.
    pub(crate) table: Option<String>,
    /// `Age 40 to 60`.
    pub(crate) label: String,
    /// Its rows.
    pub(crate) taken: Arc<Taken>,
}

/// All filters, in the order they apply.
pub(crate) struct Filters {
    /// Site, visit, age, sex: those that are set and can apply.
    pub(crate) fixed: Vec<Filter>,
    /// Per card its filter, or why it cannot apply.
    pub(crate) cards: Vec<Result<Filter, String>>,
    /// Whether each card is on.
    pub(crate) enabled: Vec<bool>,
    /// Why one of the fixed filters cannot apply.
    pub(crate) problems: Vec<String>,
}

impl Filters {
    /// What applies, but for the card numbered `without`.
    pub(crate) fn active(&self, without: Option<usize>) -> impl Iterator<Item = &Filter> {
        let cards = self.cards.iter().zip(&self.enabled).enumerate();
        let cards = cards.filter(move |(at, (_, enabled))| **enabled && Some(*at) != without);
        self.fixed
            .iter()
            .chain(cards.filter_map(|(_, (card, _))| card.as_ref().ok()))
    }
}

impl Workbench {
    /// The filters' bitmaps, from the cache or computed.
    pub(crate) fn filters(
        &self,
        study: &Study,
        index: &StudyIndex,
        filters: &CohortFilters,
    ) -> Result<Filters, Error> {
        let mut fixed = Vec::new();
        let mut problems = Vec::new();
        let mut cohort =
            |kind: &'static str, column: Option<&ColumnInfo>, label: String, rule: Rule<'_>| {
                let Some(column) = column else {
                    let (table, what) = (&study.keys.cohort_table, kind.to_lowercase());
                    problems.push(format!(
                        "{table} has no {what} column; the {what} filter is not applied."
                    ));
                    return Ok(());
                };
                let taken = self.taken(study, index, cohort_of(study)?, &column.name, &rule)?;
                fixed.push(Filter {
                    kind,
                    table: None,
                    label,
                    taken,
                });
                Ok::<(), Error>(())
            };
        if !filters.sites.is_empty() {
            let label = label::values("Site", &filters.sites);
            cohort(
                "Site",
                site_column(study),
                label,
                Rule::Sites(&filters.sites),
            )?;
        }
        let visits_at = usize::from(!filters.sites.is_empty() && site_column(study).is_some());
        if let Some(age) = filters.age.filter(|age| *age != Range::default()) {
            cohort(
                "Age",
                age_column(study),
                label::range("Age", age.min, age.max),
                Rule::Range(age),
            )?;
        }
        if !filters.sex.is_empty() {
            let label = label::values("Sex", &filters.sex);
            cohort("Sex", sex_column(study), label, Rule::Values(&filters.sex))?;
        }
        if !filters.visits.is_empty() {
            match index.frame.visits.len() {
                0 => problems.push("No table has visits; the visit filter is not applied.".into()),
                _ => {
                    let label = label::values("Visit", &filters.visits);
                    let taken = self.taken_visits(index, &filters.visits)?;
                    let filter = Filter {
                        kind: "Visit",
                        table: None,
                        label,
                        taken,
                    };
                    fixed.insert(visits_at, filter);
                }
            }
        }
        let cards = filters
            .cards
            .iter()
            .map(|card| self.card(study, index, card));
        Ok(Filters {
            cards: cards.collect::<Result<_, _>>()?,
            enabled: filters.cards.iter().map(|card| card.enabled).collect(),
            fixed,
            problems,
        })
    }

    /// One card: its filter, or why it cannot apply.
    pub(crate) fn card(
        &self,
        study: &Study,
        index: &StudyIndex,
        card: &FilterCard,
    ) -> Result<Result<Filter, String>, Error> {
        let Some(at) = study
            .tables
            .iter()
            .position(|table| table.name == card.table)
        else {
            return Ok(Err(format!("Table {} is not here.", card.table)));
        };
        let Some(column) = study.tables[at].column(&card.column) else {
            return Ok(Err(format!(
                "Table {} has no column {}.",
                card.table, card.column
            )));
        };
        if matches!(index.places[at], Place::Apart) {
            let key = &study.keys.primary_id;
            return Ok(Err(format!(
                "Table {} has no column {key} to join on.",
                card.table
            )));
        }
        let (kind, label, rule) = match &card.rule {
            CardRule::Range(_) if !column.is_numeric => {
                return Ok(Err(format!(
                    "{} holds no numbers; a range does not apply.",
                    card.column
                )));
            }
            CardRule::Range(range) => {
                let label = label::range(&card.column, range.min, range.max);
                ("Range", label, Rule::Range(*range))
            }
            CardRule::Dates(_) if column.column_type != ColumnType::Date => {
                return Ok(Err(format!(
                    "{} holds no dates; a range of dates does not apply.",
                    card.column
                )));
            }
            CardRule::Dates(dates) => {
                let label = label::range(&card.column, dates.from, dates.to);
                ("Dates", label, Rule::Range(dates.in_days()))
            }
            CardRule::Text(_) if !column.holds_text() => {
                return Ok(Err(format!(
                    "{} holds no text; a part of a text does not apply.",
                    card.column
                )));
            }
            CardRule::Text(text) => {
                let label = text.label(&card.column);
                ("Text", label, Rule::Text(text.folded()))
            }
            CardRule::Categories { values } => {
                let label = label::values(&card.column, values);
                ("Categories", label, Rule::Values(values))
            }
        };
        let taken = self.taken(study, index, at, &card.column, &rule)?;
        Ok(Ok(Filter {
            kind,
            table: Some(card.table.clone()),
            label,
            taken,
        }))
    }
}
