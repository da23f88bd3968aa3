//! `[[phenotypic_filters]]`: each a card, or left out whole. Half a filter would take others than the one that was meant.

use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue},
};

use super::{
    super::{CATEGORIES, DATES, RANGE, TEXT},
    MAX_VALUES, Placed, Reader, TOO_MANY, flag, is_finite, list, number, text,
};
use crate::{
    data::Day,
    query::{CardRule, DateRange, FilterCard, Range, TextRule},
};

/// Cards of a query: far above what fits a page.
const MAX_CARDS: usize = 200;
/// What a card says.
const FIELDS: &[&str] = &[
    "table",
    "column",
    "filter_type",
    "min_val",
    "max_val",
    "contains",
    "without",
    "selected_values",
    "enabled",
];

impl Reader {
    pub(super) fn cards(&mut self, cards: &DeArray<'_>) {
        for (at, card) in cards.iter().enumerate() {
            let DeValue::Table(table) = card.get_ref() else {
                self.leave(card, "phenotypic_filters", "it is no section");
                continue;
            };
            let name = |field: &str| table.get(field).and_then(|it| text(it.get_ref()));
            let (Some(table_name), Some(column)) = (name("table"), name("column")) else {
                self.leave(card, "a card", "it names no table and column");
                continue;
            };
            let what = format!("card {table_name}.{column}");
            if at >= MAX_CARDS {
                self.leave(
                    card,
                    &what,
                    &format!("a query has at most {MAX_CARDS} cards"),
                );
                continue;
            }
            match rule(table) {
                Ok((rule, enabled)) => {
                    let value = FilterCard {
                        id: format!("import{}", at + 1),
                        table: table_name,
                        column,
                        rule,
                        enabled,
                    };
                    let line = self.line(card);
                    self.parts.cards.push(Placed { line, value });
                }
                Err(why) => self.leave(card, &what, why),
            }
            self.unknown_fields(table, &what);
        }
    }

    fn unknown_fields(&mut self, table: &DeTable<'_>, what: &str) {
        for (key, _) in table {
            if !FIELDS.contains(&&**key.get_ref()) {
                self.unknown(key, what);
            }
        }
    }
}

/// What a card takes, and whether it is on.
fn rule(card: &DeTable<'_>) -> Result<(CardRule, bool), &'static str> {
    let enabled = card
        .get("enabled")
        .map_or(Some(true), |it| flag(it.get_ref()));
    let enabled = enabled.ok_or("enabled is neither true nor false")?;
    let kind = card.get("filter_type").and_then(|it| text(it.get_ref()));
    let rule = match kind.as_deref() {
        Some(RANGE | "numeric") => {
            let range = Range {
                min: end(card, "min_val", f64::NEG_INFINITY).ok_or("min_val is not a number")?,
                max: end(card, "max_val", f64::INFINITY).ok_or("max_val is not a number")?,
            };
            if !is_finite(range) {
                return Err("its range has no end that can be reached");
            }
            CardRule::Range(range)
        }
        Some(DATES) => CardRule::Dates(DateRange {
            from: day(card, "min_val").ok_or("min_val is not a date, YYYY-MM-DD")?,
            to: day(card, "max_val").ok_or("max_val is not a date, YYYY-MM-DD")?,
        }),
        Some(TEXT) => CardRule::Text(TextRule {
            contains: part(card, "contains").ok_or("contains is not a text")?,
            without: part(card, "without").ok_or("without is not a text")?,
        }),
        Some(CATEGORIES | "categorical") => {
            let values = card.get("selected_values").map(Spanned::get_ref);
            let values = values.ok_or("it has no selected_values")?;
            let values = list(values).ok_or("selected_values is not a list")?;
            if values.len() > MAX_VALUES {
                return Err(TOO_MANY);
            }
            let texts = values.iter().map(|it| text(it.get_ref()));
            let values = texts.collect::<Option<Vec<String>>>();
            let values = values.ok_or("one of selected_values is neither text nor number")?;
            CardRule::Categories { values }
        }
        _ => return Err("filter_type is none of range, dates, text and categories"),
    };
    Ok((rule, enabled))
}

/// An end of a range: left out or without end, it is open.
fn end(card: &DeTable<'_>, name: &str, open: f64) -> Option<Option<f64>> {
    let Some(said) = card.get(name) else {
        return Some(None);
    };
    let said = number(said.get_ref())?;
    Some((said != open).then_some(said))
}

/// An end of a range of dates: left out, it is open.
fn day(card: &DeTable<'_>, name: &str) -> Option<Option<Day>> {
    let Some(said) = card.get(name) else {
        return Some(None);
    };
    let said = text(said.get_ref())?;
    said.parse::<Day>().ok().map(Some)
}

/// A part of a text: left out, it asks for nothing.
fn part(card: &DeTable<'_>, name: &str) -> Option<String> {
    match card.get(name) {
        Some(said) => text(said.get_ref()),
        None => Some(String::new()),
    }
}
