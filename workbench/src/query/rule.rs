//! What a filter takes of a column: plain types, also in the browser. Which rows that are is the business of `filter`.

use serde::{Deserialize, Serialize};

use crate::data::{ColumnInfo, ColumnType, Day};

/// An inclusive range; an open end takes everything on its side. Missing values never match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct Range {
    /// The smallest value taken.
    pub min: Option<f64>,
    /// The largest value taken.
    pub max: Option<f64>,
}

/// An inclusive range of days; an open end takes everything on its side. Missing values never match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct DateRange {
    /// The first day taken.
    pub from: Option<Day>,
    /// The last day taken.
    pub to: Option<Day>,
}

impl DateRange {
    /// The same range in days since 1970-01-01, as a column of dates is kept.
    pub fn in_days(self) -> Range {
        let end = |day: Day| f64::from(day.days());
        Range {
            min: self.from.map(end),
            max: self.to.map(end),
        }
    }
}

/// Texts by a part that they contain and one that they do not, whatever its case. An empty part asks for nothing, and blanks
/// around one do not count. Missing values never match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TextRule {
    /// The part that a text contains.
    pub contains: String,
    /// The part that it does not contain.
    pub without: String,
}

/// A text without its case. Sigma at the end of a word is the same letter as elsewhere.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase().replace('ς', "σ")
}

impl TextRule {
    /// One and the same for all rules that take the same.
    pub fn folded(&self) -> Self {
        Self {
            contains: fold(self.contains.trim()),
            without: fold(self.without.trim()),
        }
    }

    /// How it reads: `note contains "oedema" without "mild"`.
    pub fn label(&self, name: &str) -> String {
        match (self.contains.trim(), self.without.trim()) {
            ("", "") => [name, " known"].concat(),
            (part, "") => [name, " contains \"", part, "\""].concat(),
            ("", part) => [name, " without \"", part, "\""].concat(),
            (part, other) => [name, " contains \"", part, "\" without \"", other, "\""].concat(),
        }
    }
}

/// What a card takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CardRule {
    /// Values in an inclusive range.
    Range(Range),
    /// Days in an inclusive range.
    Dates(DateRange),
    /// Texts by a part of them.
    Text(TextRule),
    /// Values out of a list; an empty list takes none.
    Categories {
        /// The values, as text.
        values: Vec<String>,
    },
}

impl CardRule {
    /// A rule for a column that takes whatever is known in it.
    pub fn for_column(column: &ColumnInfo) -> Self {
        let kind = column.column_type;
        if kind == ColumnType::Date {
            Self::Dates(DateRange::default())
        } else if kind.is_numeric() || (column.is_numeric && column.categories.is_empty()) {
            Self::Range(Range::default())
        } else if kind == ColumnType::Text {
            Self::Text(TextRule::default())
        } else {
            let values = column.categories.iter().map(|one| one.value.clone());
            Self::Categories {
                values: values.collect(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(contains: &str, without: &str) -> TextRule {
        TextRule {
            contains: contains.into(),
            without: without.into(),
        }
    }

    #[test]
    fn parts_of_a_text_read_like_a_sentence() {
        for (contains, without, label) in [
            ("", " ", "note known"),
            ("Oedema ", "", "note contains \"Oedema\""),
            ("", "mild", "note without \"mild\""),
            (
                "oedema",
                "mild",
                "note contains \"oedema\" without \"mild\"",
            ),
        ] {
            assert_eq!(rule(contains, without).label("note"), label);
        }
    }

    #[test]
    fn rules_that_take_the_same_fold_to_the_same() {
        let folded = rule(" Oedema", "MILD ").folded();
        assert_eq!(folded, rule("oedema", "mild"));
        assert_ne!(folded, rule("mild", "oedema").folded());
    }

    #[test]
    fn free_text_is_filtered_by_its_parts_and_what_is_listed_by_its_values() {
        let column = |column_type, categories: &[&str]| ColumnInfo {
            name: "note".into(),
            column_type,
            is_numeric: false,
            missing: 0,
            distinct: 60,
            range: None,
            dates: None,
            categories: categories
                .iter()
                .map(|value| crate::data::CategoryCount {
                    value: (*value).into(),
                    count: 2,
                })
                .collect(),
            decimals: 0,
            sketch: Vec::new(),
        };
        let text = column(ColumnType::Text, &[]);
        assert!(text.is_filterable());
        let any = CardRule::Text(TextRule::default());
        assert_eq!(CardRule::for_column(&text), any);
        let values = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(
            CardRule::for_column(&column(ColumnType::Category, &["a", "b"])),
            CardRule::Categories { values }
        );
    }
}
