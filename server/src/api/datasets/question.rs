//! A question for the cohort and its columns, as programs ask it: the Query page's, without what only a page needs. A word
//! that means nothing is refused, because a filter that is misspelt would silently take everybody.
//!
//! They are written as well as read only because the description of the API tells what is taken where nothing is said.

use std::collections::BTreeMap;

use app::AppError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use workbench::{
    Study,
    data::Day,
    query::{
        CardRule, CohortFilters, DateRange, FilterCard, MergeSpec, Range, Selection, Shape,
        TextRule, default_selection,
    },
};

/// What is asked: who, what, in which form.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = DatasetQuestion)]
pub(in crate::api) struct Question {
    /// Who; everybody without it.
    #[schema(inline)]
    filters: Filters,
    /// Table -> columns to take; the keys always come along. Without it the first columns of every table, as the Query
    /// page begins.
    selection: Option<BTreeMap<String, Vec<String>>>,
    /// One row a visit (`long`), or one a participant (`wide`).
    shape: Shape,
    /// BAS1..3 become BAS; the highest wins.
    consolidate_baseline: bool,
}

/// Who is in the cohort. Whatever is not said takes all.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Filters {
    /// Whole site names, joined by OR.
    sites: Vec<String>,
    /// Visits, as text.
    visits: Vec<String>,
    /// Ages, both ends included. Who has none never matches.
    #[schema(inline)]
    age: Option<Between>,
    /// Values of the sex column.
    sex: Vec<String>,
    /// Filters on other columns.
    #[schema(inline)]
    cards: Vec<Card>,
}

/// An inclusive range; an end that is not said is open.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Between {
    /// The smallest value taken.
    min: Option<f64>,
    /// The largest value taken.
    max: Option<f64>,
}

/// A filter on one column of one table.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Card {
    /// The table.
    table: String,
    /// The column.
    column: String,
    /// What it takes.
    #[schema(inline)]
    rule: Rule,
    /// One that is off filters nothing.
    #[serde(default = "on")]
    enabled: bool,
}

/// What a card takes.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Rule {
    /// Values in an inclusive range.
    Range {
        /// The smallest value taken.
        #[serde(default)]
        min: Option<f64>,
        /// The largest value taken.
        #[serde(default)]
        max: Option<f64>,
    },
    /// Days of a column of dates in an inclusive range.
    Dates {
        /// The first day taken.
        #[serde(default)]
        from: Option<Day>,
        /// The last day taken.
        #[serde(default)]
        to: Option<Day>,
    },
    /// Texts by a part that they contain and one that they do not, whatever its case. An empty part asks for nothing.
    Text {
        /// The part that a text contains.
        #[serde(default)]
        contains: String,
        /// The part that it does not contain.
        #[serde(default)]
        without: String,
    },
    /// Values out of a list, as text; an empty list takes none.
    Categories {
        /// The values.
        values: Vec<String>,
    },
}

fn on() -> bool {
    true
}

impl Question {
    /// The question as the workbench asks it of this study.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the table or column that is not there.
    pub(in crate::api) fn of(self, study: &Study) -> Result<MergeSpec, AppError> {
        let selection = match self.selection {
            Some(tables) => checked(study, tables)?,
            None => default_selection(study),
        };
        Ok(MergeSpec {
            filters: self.filters.into(),
            selection,
            shape: self.shape,
            consolidate_baseline: self.consolidate_baseline,
        })
    }
}

fn checked(study: &Study, tables: BTreeMap<String, Vec<String>>) -> Result<Selection, AppError> {
    for (name, columns) in &tables {
        let invalid = |problem: String| AppError::Invalid {
            path: format!("selection.{name}"),
            problem,
        };
        let table = study
            .table(name)
            .ok_or_else(|| invalid("there is no such table".into()))?;
        if let Some(unknown) = columns.iter().find(|column| table.column(column).is_none()) {
            return Err(invalid(format!("the table has no column {unknown}")));
        }
    }
    Ok(Selection { tables })
}

impl From<Between> for Range {
    fn from(Between { min, max }: Between) -> Self {
        Self { min, max }
    }
}

impl From<Filters> for CohortFilters {
    fn from(filters: Filters) -> Self {
        let cards = filters.cards.into_iter().enumerate();
        Self {
            sites: filters.sites,
            visits: filters.visits,
            age: filters.age.map(Range::from),
            sex: filters.sex,
            cards: cards.map(|(at, card)| card.named(at)).collect(),
        }
    }
}

impl Card {
    /// Named by its place, as refusals and counts name it.
    fn named(self, at: usize) -> FilterCard {
        FilterCard {
            id: at.to_string(),
            table: self.table,
            column: self.column,
            rule: match self.rule {
                Rule::Range { min, max } => CardRule::Range(Range { min, max }),
                Rule::Dates { from, to } => CardRule::Dates(DateRange { from, to }),
                Rule::Text { contains, without } => CardRule::Text(TextRule { contains, without }),
                Rule::Categories { values } => CardRule::Categories { values },
            },
            enabled: self.enabled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Question;

    #[test]
    fn a_word_that_means_nothing_is_refused_at_every_depth() {
        for misspelt in [
            r#"{"filter": {}}"#,
            r#"{"filters": {"gender": ["f"]}}"#,
            r#"{"filters": {"age": {"from": 40}}}"#,
            r#"{"filters": {"cards": [{"table": "t", "column": "c", "rule": {"kind": "range", "low": 1}}]}}"#,
            r#"{"filters": {"cards": [{"table": "t", "column": "c", "rule": {"kind": "dates", "min": "2024-03-15"}}]}}"#,
            r#"{"filters": {"cards": [{"table": "t", "column": "c", "rule": {"kind": "dates", "from": "15.03.2024"}}]}}"#,
            r#"{"filters": {"cards": [{"table": "t", "column": "c", "rule": {"kind": "text", "has": "mild"}}]}}"#,
            r#"{"filters": {"cards": [{"table": "t", "column": "c", "rule": {"kind": "text", "contains": 5}}]}}"#,
            r#"{"shape": "tall"}"#,
        ] {
            assert!(
                serde_json::from_str::<Question>(misspelt).is_err(),
                "{misspelt}"
            );
        }
        let fine = r#"{"filters": {"age": {"min": 40, "max": 60}, "sex": ["f"], "cards": [
            {"table": "exams", "column": "stage", "rule": {"kind": "categories", "values": ["1"]}},
            {"table": "exams", "column": "seen", "rule": {"kind": "dates", "from": "2024-03-15"}},
            {"table": "exams", "column": "note", "rule": {"kind": "text", "contains": "oedema"}}]}}"#;
        assert!(serde_json::from_str::<Question>(fine).is_ok());
        assert!(serde_json::from_str::<Question>("{}").is_ok());
    }
}
