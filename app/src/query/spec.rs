//! What is asked, and which filters are in it. Pure: no signals, no server.

use workbench::{
    data::{MergeKeys, StudyView},
    query::{
        CardRule, CohortFilters, CountReport, FilterCard, MergeSpec, Range, ResultColumn,
        ResultInfo,
    },
};

use crate::stores::table::ResultView;

/// The data a question is about, as far as it decides the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Data {
    /// Name and checksum of each table.
    pub(super) tables: Vec<(String, String)>,
    /// The keys in force.
    pub(super) keys: Option<MergeKeys>,
}

/// A question and what it is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    pub(super) data: Data,
    pub(super) spec: MergeSpec,
}

/// What decides the answers of this study.
pub(super) fn data(view: &StudyView) -> Data {
    Data {
        tables: view
            .tables
            .iter()
            .map(|table| (table.name.clone(), table.checksum.clone()))
            .collect(),
        keys: view.keys.clone(),
    }
}

impl Question {
    /// Whether the count of `other` is the count of this.
    pub(super) fn counts_like(&self, other: &Self) -> bool {
        self.data == other.data
            && self.spec.filters == other.spec.filters
            && self.spec.selection == other.spec.selection
    }

    /// Whether this result is the answer: the same query on the same tables and keys.
    pub(super) fn is_answered_by(&self, result: &ResultInfo) -> bool {
        result.spec == self.spec
            && Some(&result.keys) == self.data.keys.as_ref()
            && result
                .provenance
                .iter()
                .all(|source| self.data.tables.contains(source))
    }
}

/// One filter that filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Active {
    Sites,
    Visits,
    Age,
    Sex,
    /// A card, by its id.
    Card(String),
}

/// The filters that filter, in the order they apply: one for each step after the first.
pub(super) fn active(filters: &CohortFilters, report: Option<&CountReport>) -> Vec<Active> {
    let fixed = [
        (!filters.sites.is_empty(), Active::Sites),
        (!filters.visits.is_empty(), Active::Visits),
        (filters.age.is_some(), Active::Age),
        (!filters.sex.is_empty(), Active::Sex),
    ];
    let applies = |card: &&FilterCard| {
        let outcome =
            report.and_then(|report| report.cards.iter().find(|outcome| outcome.id == card.id));
        card.enabled && outcome.is_none_or(|outcome| outcome.problem.is_none())
    };
    let cards = filters
        .cards
        .iter()
        .filter(applies)
        .map(|card| Active::Card(card.id.clone()));
    fixed
        .into_iter()
        .filter(|(is_on, _)| *is_on)
        .map(|(_, filter)| filter)
        .chain(cards)
        .collect()
}

impl Active {
    /// `Age 40 to 60`, `stage 1, 2`.
    pub(super) fn label(&self, filters: &CohortFilters) -> String {
        match self {
            Self::Sites => list("Site", &filters.sites),
            Self::Visits => list("Visit", &filters.visits),
            Self::Age => numbers("Age", filters.age.unwrap_or_default()),
            Self::Sex => list("Sex", &filters.sex),
            Self::Card(id) => filters
                .cards
                .iter()
                .find(|card| card.id == *id)
                .map(card_label)
                .unwrap_or_default(),
        }
    }

    /// Takes the filter out; a card is turned off, so that its settings stay.
    pub(super) fn remove_from(&self, filters: &mut CohortFilters) {
        match self {
            Self::Sites => filters.sites.clear(),
            Self::Visits => filters.visits.clear(),
            Self::Age => filters.age = None,
            Self::Sex => filters.sex.clear(),
            Self::Card(id) => {
                for card in filters.cards.iter_mut().filter(|card| card.id == *id) {
                    card.enabled = false;
                }
            }
        }
    }
}

fn card_label(card: &FilterCard) -> String {
    match &card.rule {
        CardRule::Range(of) => numbers(&card.column, *of),
        CardRule::Dates(of) => range(
            &card.column,
            of.from.map(String::from),
            of.to.map(String::from),
        ),
        CardRule::Text(of) => of.label(&card.column),
        CardRule::Categories { values } => list(&card.column, values),
    }
}

fn list(name: &str, values: &[String]) -> String {
    match values {
        [] => [name, " none"].concat(),
        [first, .., last] if values.len() > 4 => [name, " ", first, " … ", last].concat(),
        _ => [name, " ", &values.join(", ")].concat(),
    }
}

fn numbers(name: &str, of: Range) -> String {
    range(name, of.min.map(plain), of.max.map(plain))
}

fn range(name: &str, min: Option<String>, max: Option<String>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => [name, " ", &min, " to ", &max].concat(),
        (Some(min), None) => [name, " from ", &min].concat(),
        (None, Some(max)) => [name, " up to ", &max].concat(),
        (None, None) => [name, " known"].concat(),
    }
}

/// The exact number, as a field shows it and as it can be typed.
pub(super) fn plain(value: f64) -> String {
    value.to_string()
}

/// A number as it was typed; a decimal comma is a decimal point. `Ok(None)` for nothing.
pub(super) fn parse(text: &str) -> Result<Option<f64>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.replace(',', ".").parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        _ => Err(()),
    }
}

/// The view, less what names columns that are not there (any more): those are kept, and not applied.
pub(super) fn fitting(view: &ResultView, columns: &[ResultColumn]) -> ResultView {
    let is_here = |name: &str| columns.iter().any(|column| column.name == name);
    ResultView {
        sort: view
            .sort
            .iter()
            .filter(|key| is_here(&key.column))
            .cloned()
            .collect(),
        filters: view
            .filters
            .iter()
            .filter(|filter| is_here(&filter.column))
            .cloned()
            .collect(),
    }
}

/// Adds or takes out, keeping the order of `all`.
pub(super) fn toggle(values: &mut Vec<String>, value: &str, all: &[String]) {
    if let Some(at) = values.iter().position(|known| known == value) {
        values.remove(at);
        return;
    }
    values.push(value.to_owned());
    values.sort_by_key(|known| all.iter().position(|other| other == known));
}

#[cfg(test)]
mod tests {
    use super::{Active, active, parse, toggle};
    use workbench::query::{CardRule, CohortFilters, DateRange, FilterCard, Range, TextRule};

    fn filters() -> CohortFilters {
        let card = |id: &str, enabled| FilterCard {
            id: id.into(),
            table: "exams".into(),
            column: "stage".into(),
            rule: CardRule::Categories {
                values: vec!["1".into(), "2".into()],
            },
            enabled,
        };
        CohortFilters {
            age: Some(Range {
                min: Some(40.0),
                max: Some(60.5),
            }),
            sex: vec!["f".into()],
            cards: vec![card("a", true), card("b", false)],
            ..CohortFilters::default()
        }
    }

    #[test]
    fn filters_that_filter_are_listed_in_the_order_they_apply() {
        let filters = filters();
        let active = active(&filters, None);
        assert_eq!(active, [Active::Age, Active::Sex, Active::Card("a".into())]);
        let labels: Vec<String> = active.iter().map(|filter| filter.label(&filters)).collect();
        assert_eq!(labels, ["Age 40 to 60.5", "Sex f", "stage 1, 2"]);
    }

    #[test]
    fn a_range_of_dates_reads_like_one_of_numbers() {
        let mut filters = filters();
        let mut label = |from: &str, to: &str| {
            filters.cards[0].rule = CardRule::Dates(DateRange {
                from: from.parse().ok(),
                to: to.parse().ok(),
            });
            Active::Card("a".into()).label(&filters)
        };
        assert_eq!(
            label("2024-03-15", "2024-04-01"),
            "stage 2024-03-15 to 2024-04-01"
        );
        assert_eq!(label("2024-03-15", ""), "stage from 2024-03-15");
        assert_eq!(label("", "2024-04-01"), "stage up to 2024-04-01");
        assert_eq!(label("", ""), "stage known");
    }

    #[test]
    fn a_card_on_text_is_named_by_its_parts() {
        let mut filters = filters();
        filters.cards[0].rule = CardRule::Text(TextRule {
            contains: "oedema".into(),
            without: "mild".into(),
        });
        let label = Active::Card("a".into()).label(&filters);
        assert_eq!(label, "stage contains \"oedema\" without \"mild\"");
    }

    #[test]
    fn a_card_that_is_taken_out_keeps_its_settings() {
        let mut filters = filters();
        Active::Card("a".into()).remove_from(&mut filters);
        assert_eq!(filters.cards.len(), 2);
        assert!(!filters.cards[0].enabled);
    }

    #[test]
    fn numbers_are_read_with_point_or_comma() {
        assert_eq!(parse(" 40,5 "), Ok(Some(40.5)));
        assert_eq!(parse(""), Ok(None));
        assert_eq!(parse("forty"), Err(()));
        assert_eq!(parse("inf"), Err(()));
    }

    #[test]
    fn chosen_values_stay_in_the_order_they_are_offered() {
        let all = ["1", "2", "10"].map(String::from);
        let mut chosen = vec!["10".to_owned()];
        toggle(&mut chosen, "2", &all);
        assert_eq!(chosen, ["2", "10"]);
        toggle(&mut chosen, "10", &all);
        assert_eq!(chosen, ["2"]);
    }
}
