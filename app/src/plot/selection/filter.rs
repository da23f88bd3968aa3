//! A selection as filters of the cohort: a card for each axis it bounds.

use leptos::prelude::*;
use workbench::{
    data::{ColumnType, Day},
    plot::{PlotKind, PlotSpec, Region},
    query::{CardRule, DateRange, FilterCard, Range, ResultColumn, ResultInfo},
};

use crate::plot::{
    model::Plot,
    numbers::significant,
    roles::{find, has_groups},
};

/// Cards, and what is said about them.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Made {
    pub(super) cards: Vec<FilterCard>,
    said: Vec<String>,
    left_out: Vec<String>,
    is_lasso: bool,
}

impl Made {
    /// What happened, and what to do next.
    pub(super) fn sentence(&self) -> String {
        let left_out = if self.left_out.is_empty() {
            String::new()
        } else {
            format!(" No filter can be set on {}.", self.left_out.join(" and "))
        };
        if self.cards.is_empty() {
            return format!("The selection bounds nothing that a filter can take.{left_out}");
        }
        let lasso = if self.is_lasso {
            ", the box around the lasso"
        } else {
            ""
        };
        let said = self.said.join(", ");
        format!("Filters set: {said}{lasso}.{left_out} Merge again on Query to apply them.")
    }
}

/// The selection on screen as cards.
pub(super) fn from_selection(plot: Plot) -> Made {
    let spec = plot.spec_untracked();
    let groups = group_names(plot);
    let region = plot.region.get_untracked();
    plot.study
        .result
        .with_untracked(|result| match (&region, result) {
            (Some(region), Some(result)) => cards(&spec, result, region, &groups),
            _ => Made::default(),
        })
}

/// Groups along the horizontal axis, in its order.
fn group_names(plot: Plot) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    plot.with_data(|_, data| {
        for group in data.panels.iter().flat_map(|panel| &panel.groups) {
            if !names.contains(&group.name) {
                names.push(group.name.clone());
            }
        }
    });
    names
}

fn cards(spec: &PlotSpec, result: &ResultInfo, region: &Region, groups: &[String]) -> Made {
    let [x, y] = bounds(region);
    let mut made = Made {
        is_lasso: matches!(region, Region::Polygon { .. }),
        ..Made::default()
    };
    if let Some(column) = find(result, spec.x.as_ref()) {
        if has_groups(spec.kind) {
            made.add(column, groups_in(x, groups));
        } else {
            made.add(column, range_rule(x, column));
        }
    }
    if spec.kind != PlotKind::Histogram
        && let Some(column) = find(result, spec.y.as_ref())
    {
        made.add(column, range_rule(y, column));
    }
    made
}

/// What a rule would be: none for an open axis, an error for a column that takes none.
type Rule = Option<Result<(CardRule, String), ()>>;

impl Made {
    fn add(&mut self, column: &ResultColumn, rule: Rule) {
        match rule {
            None => {}
            // Keys and visits of the wide form are no columns of a table that a card could name.
            Some(Ok((rule, said))) if !column.is_key && column.visit.is_none() => {
                self.said.push(format!("{} {said}", column.column));
                self.cards.push(FilterCard {
                    id: format!("plot.{}.{}", column.table, column.column),
                    table: column.table.clone(),
                    column: column.column.clone(),
                    rule,
                    enabled: true,
                });
            }
            Some(_) => self.left_out.push(column.name.clone()),
        }
    }
}

fn range_rule(range: Range, column: &ResultColumn) -> Rule {
    let end = |value: f64| significant(value, 4);
    let said = said(range.min.map(end), range.max.map(end))?;
    let rule = match column.column_type {
        ColumnType::Date => date_rule(range),
        kind if kind.is_numeric() => Some((CardRule::Range(range), said)),
        _ => None,
    };
    Some(rule.ok_or(()))
}

/// The whole days in a range on an axis of dates, which counts them from 1970-01-01; none where it lies between two days.
fn date_rule(range: Range) -> Option<(CardRule, String)> {
    let from = range.min.and_then(|min| day(min.ceil()));
    let to = range.max.and_then(|max| day(max.floor()));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return None;
    }
    let said = said(from.map(String::from), to.map(String::from))?;
    Some((CardRule::Dates(DateRange { from, to }), said))
}

/// A day on an axis; where it goes on beyond the calendar, the last one of the calendar.
fn day(at: f64) -> Option<Day> {
    let [first, last] = [Day::FIRST, Day::LAST].map(|day| f64::from(day.days()));
    Day::of(at.clamp(first, last) as i64)
}

/// A range in words; `None` where both ends are open.
fn said(from: Option<String>, to: Option<String>) -> Option<String> {
    match (from, to) {
        (None, None) => None,
        (Some(from), Some(to)) => Some(format!("{from} to {to}")),
        (Some(from), None) => Some(format!("from {from}")),
        (None, Some(to)) => Some(format!("to {to}")),
    }
}

fn groups_in(range: Range, groups: &[String]) -> Rule {
    let is_in = |at: usize| {
        let at = at as f64;
        range.min.is_none_or(|min| at >= min) && range.max.is_none_or(|max| at <= max)
    };
    let values: Vec<String> = groups
        .iter()
        .enumerate()
        .filter(|(at, _)| is_in(*at))
        .map(|(_, name)| name.clone())
        .collect();
    if values.is_empty() || values.len() == groups.len() {
        return None;
    }
    let said = values.join(", ");
    Some(Ok((CardRule::Categories { values }, said)))
}

/// The box around a region.
fn bounds(region: &Region) -> [Range; 2] {
    match region {
        Region::Box { x, y } => [*x, *y],
        Region::Polygon { corners } => [0, 1].map(|axis| Range {
            min: corners.iter().map(|corner| corner[axis]).reduce(f64::min),
            max: corners.iter().map(|corner| corner[axis]).reduce(f64::max),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasso_becomes_the_box_around_it() {
        let region = Region::Polygon {
            corners: vec![[7.4, 2.3], [35.0, 2.95], [20.0, 1.42]],
        };
        let range = |min, max| Range {
            min: Some(min),
            max: Some(max),
        };
        assert_eq!(bounds(&region), [range(7.4, 35.0), range(1.42, 2.95)]);
    }

    fn column(column_type: ColumnType) -> ResultColumn {
        ResultColumn {
            name: "enrolled".into(),
            table: "visits".into(),
            column: "enrolled".into(),
            visit: None,
            column_type,
            is_numeric: column_type.is_numeric(),
            is_key: false,
            decimals: 0,
            missing: 0,
            mean: None,
            sd: None,
            range: None,
        }
    }

    fn dates(from: Option<&str>, to: Option<&str>) -> CardRule {
        let day = |text: &str| text.parse::<Day>().ok();
        CardRule::Dates(DateRange {
            from: from.and_then(day),
            to: to.and_then(day),
        })
    }

    #[test]
    fn a_range_on_an_axis_of_dates_takes_the_whole_days_in_it() {
        let enrolled = column(ColumnType::Date);
        let made = |min, max| range_rule(Range { min, max }, &enrolled);
        let rule = |from, to, said: &str| Some(Ok((dates(from, to), said.to_owned())));
        // 19,797 days after 1970-01-01 is 2024-03-15.
        assert_eq!(
            made(Some(19_796.2), Some(19_798.9)),
            rule(
                Some("2024-03-15"),
                Some("2024-03-16"),
                "2024-03-15 to 2024-03-16"
            )
        );
        assert_eq!(
            made(Some(19_797.0), None),
            rule(Some("2024-03-15"), None, "from 2024-03-15")
        );
        assert_eq!(
            made(None, Some(19_797.0)),
            rule(None, Some("2024-03-15"), "to 2024-03-15")
        );
        assert_eq!(
            made(Some(-1e12), Some(1e12)),
            rule(
                Some("0001-01-01"),
                Some("9999-12-31"),
                "0001-01-01 to 9999-12-31"
            )
        );
        assert_eq!(made(None, None), None);
        // Between two days.
        assert_eq!(made(Some(19_797.2), Some(19_797.8)), Some(Err(())));
    }

    #[test]
    fn numbers_keep_their_ends_and_text_takes_no_range() {
        let range = Range {
            min: Some(1.25),
            max: Some(3.0),
        };
        assert_eq!(
            range_rule(range, &column(ColumnType::Number)),
            Some(Ok((CardRule::Range(range), "1.250 to 3.000".into())))
        );
        assert_eq!(range_rule(range, &column(ColumnType::Text)), Some(Err(())));
    }

    #[test]
    fn groups_under_the_selection_become_a_list_and_all_of_them_none() {
        let groups = ["1", "2", "3"].map(String::from);
        let range = |min| Range {
            min: Some(min),
            max: Some(2.5),
        };
        let values = vec!["2".to_owned(), "3".to_owned()];
        assert_eq!(
            groups_in(range(0.5), &groups),
            Some(Ok((CardRule::Categories { values }, "2, 3".into())))
        );
        assert_eq!(groups_in(range(-0.5), &groups), None);
    }
}
