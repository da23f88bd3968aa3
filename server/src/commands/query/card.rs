//! One filter on one column, as it is typed: `labs.bili >= 2`, `exams.stage = 3, 4`, `labs.bili = 2..5`,
//! `labs.taken = 2024-03-01..2024-03-31`, `exams.note ~ oedema`, `exams.note !~ mild`.

use workbench::{
    Study,
    data::{ColumnInfo, ColumnType, Day, TableInfo},
    query::{CardRule, DateRange, FilterCard, Range, TextRule},
};

use crate::Error;

/// Names that an error lists: enough to find the slip.
const LISTED: usize = 30;

/// Reads a filter, and holds it against the study.
pub(super) fn read(study: &Study, text: &str, id: String) -> Result<FilterCard, Error> {
    let refused = |problem: String| Error::Misread(format!("--where \"{text}\": {problem}"));
    let mut splits = text.match_indices(['<', '>', '=', '~']).map(|(at, sign)| {
        // `!~` begins one place before.
        let at = at - usize::from(sign == "~" && text[..at].ends_with('!'));
        let (name, rest) = text.split_at(at);
        find(study, name.trim()).map(|found| (found, rest))
    });
    let first = splits.next().ok_or_else(|| {
        refused("write table.column >= 2, <= 2, = 2..5, for words = a, b or, for text, ~ a".into())
    })?;
    // The name itself may hold a sign.
    let ((table, column), rest) = first
        .or_else(|error| splits.find_map(Result::ok).ok_or(error))
        .map_err(refused)?;
    let (sign, value) = ["<=", ">=", "!~", "~", "="]
        .iter()
        .find_map(|sign| Some((*sign, rest.strip_prefix(sign)?.trim())))
        .ok_or_else(|| refused("both ends are taken: write >= or <=".into()))?;
    let rule = match sign {
        "~" | "!~" => CardRule::Text(part(column, sign, value).map_err(refused)?),
        _ if column.column_type == ColumnType::Date => {
            CardRule::Dates(days(sign, value).map_err(refused)?)
        }
        ">=" => CardRule::Range(Range {
            min: Some(number(value).map_err(refused)?),
            max: None,
        }),
        "<=" => CardRule::Range(Range {
            min: None,
            max: Some(number(value).map_err(refused)?),
        }),
        _ if value.contains("..") && column.is_numeric => {
            CardRule::Range(range(value).map_err(refused)?)
        }
        _ => CardRule::Categories {
            values: values(column, value).map_err(refused)?,
        },
    };
    if matches!(rule, CardRule::Range(_)) && !column.is_numeric {
        let problem = format!("{} holds no numbers; write = a, b", column.name);
        return Err(refused(problem));
    }
    Ok(FilterCard {
        id,
        table: table.name.clone(),
        column: column.name.clone(),
        rule,
        enabled: true,
    })
}

/// `40..60`, `40..`, `..60`, `40`; both ends are taken.
pub(super) fn range(text: &str) -> Result<Range, String> {
    let end = |text: &str| match text.trim() {
        "" => Ok(None),
        text => number(text).map(Some),
    };
    let range = match text.split_once("..") {
        Some((min, max)) => Range {
            min: end(min)?,
            max: end(max)?,
        },
        None => Range {
            min: end(text)?,
            max: end(text)?,
        },
    };
    match (range.min, range.max) {
        (None, None) => Err("write 40..60, 40.. or ..60".into()),
        (Some(min), Some(max)) if min > max => Err(format!("{min} is more than {max}")),
        _ => Ok(range),
    }
}

/// Days from one to another, from one on, up to one, or one alone; both ends are taken.
fn days(sign: &str, text: &str) -> Result<DateRange, String> {
    let end = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse::<Day>().map(Some),
    };
    let (from, to) = match (sign, text.split_once("..")) {
        (">=", _) => (text, ""),
        ("<=", _) => ("", text),
        (_, Some(ends)) => ends,
        (_, None) => (text, text),
    };
    match (end(from)?, end(to)?) {
        (None, None) => Err("write 2024-03-01..2024-03-31, 2024-03-01.. or ..2024-03-31".into()),
        (Some(from), Some(to)) if from > to => Err(format!("{from} is later than {to}")),
        (from, to) => Ok(DateRange { from, to }),
    }
}

/// A part that texts contain, or do not.
fn part(column: &ColumnInfo, sign: &str, text: &str) -> Result<TextRule, String> {
    let part = text.to_owned();
    match sign {
        _ if !column.holds_text() => {
            Err(format!("{} holds no text; write =, >= or <=", column.name))
        }
        _ if text.is_empty() => Err(format!("there is no text after {sign}")),
        "~" => Ok(TextRule {
            contains: part,
            ..TextRule::default()
        }),
        _ => Ok(TextRule {
            without: part,
            ..TextRule::default()
        }),
    }
}

fn number(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| format!("\"{text}\" is no number"))
}

/// Words with commas between; where all values of the column are known, each is one of them.
fn values(column: &ColumnInfo, text: &str) -> Result<Vec<String>, String> {
    let values: Vec<String> = text.split(',').map(|it| it.trim().to_owned()).collect();
    if values.iter().any(String::is_empty) {
        return Err("there is no value after = or a comma".into());
    }
    let known = &column.categories;
    let are_all_known = !known.is_empty() && known.len() < ColumnInfo::MAX_CATEGORIES;
    let is_same = |known: &str, value: &str| {
        let same_number = || Some(known.parse::<f64>().ok()? == value.parse::<f64>().ok()?);
        known == value || (column.is_numeric && same_number() == Some(true))
    };
    let is_known = |value: &String| known.iter().any(|it| is_same(&it.value, value));
    match values.iter().find(|value| !is_known(value)) {
        Some(value) if are_all_known => Err(format!(
            "{} has no \"{value}\"; it has {}",
            column.name,
            listed(known.iter().map(|it| it.value.as_str()))
        )),
        _ => Ok(values),
    }
}

/// A table of the study.
pub(super) fn table<'a>(study: &'a Study, name: &str) -> Result<&'a TableInfo, String> {
    study.table(name).ok_or_else(|| {
        let names = study.tables.iter().map(|table| table.name.as_str());
        format!("there is no table {name}; there are {}", listed(names))
    })
}

/// `table.column`. Names may hold dots themselves, so the study decides.
pub(super) fn find<'a>(
    study: &'a Study,
    name: &str,
) -> Result<(&'a TableInfo, &'a ColumnInfo), String> {
    let in_table = |table: &'a TableInfo| {
        let column = name.strip_prefix(&table.name)?.strip_prefix('.')?;
        Some((table, table.column(column)?))
    };
    if let Some(found) = study.tables.iter().find_map(in_table) {
        return Ok(found);
    }
    let (wanted, column) = name
        .split_once('.')
        .ok_or_else(|| format!("\"{name}\" is no table.column"))?;
    let table = table(study, wanted)?;
    let names = table.columns.iter().map(|column| column.name.as_str());
    Err(format!(
        "table {wanted} has no column {column}; it has {}",
        listed(names)
    ))
}

/// Names with commas between; of many, the first.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.take(LISTED + 1).collect();
    if names.len() > LISTED {
        names[LISTED] = "…";
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn span(min: Option<f64>, max: Option<f64>) -> Result<Range, String> {
        Ok(Range { min, max })
    }

    #[test]
    fn ranges_have_open_ends_and_both_ends_are_taken() {
        assert_eq!(range("40..60"), span(Some(40.0), Some(60.0)));
        assert_eq!(range("40.5.."), span(Some(40.5), None));
        assert_eq!(range(".. -1"), span(None, Some(-1.0)));
        assert_eq!(range("7"), span(Some(7.0), Some(7.0)));
    }

    #[test]
    fn what_is_no_range_is_refused_with_what_is_wrong() {
        for (text, part) in [
            ("..", "40..60"),
            ("", "40..60"),
            ("old", "\"old\" is no number"),
            ("60..40", "60 is more than 40"),
            ("1..inf", "no number"),
        ] {
            let refused = range(text).unwrap_err();
            assert!(refused.contains(part), "{text}: {refused}");
        }
    }

    #[test]
    fn a_part_of_a_text_is_there_or_is_not() {
        let column = |column_type| ColumnInfo {
            name: "note".into(),
            column_type,
            is_numeric: column_type == ColumnType::Number,
            missing: 0,
            distinct: 60,
            range: None,
            dates: None,
            categories: Vec::new(),
            decimals: 0,
            sketch: Vec::new(),
        };
        let note = column(ColumnType::Text);
        let rule = |contains: &str, without: &str| {
            Ok(TextRule {
                contains: contains.into(),
                without: without.into(),
            })
        };
        assert_eq!(part(&note, "~", "mild, late"), rule("mild, late", ""));
        assert_eq!(part(&note, "!~", "mild"), rule("", "mild"));
        let refused = part(&note, "!~", "").unwrap_err();
        assert!(refused.contains("no text after !~"), "{refused}");
        for column_type in [ColumnType::Number, ColumnType::Date] {
            let refused = part(&column(column_type), "~", "mild").unwrap_err();
            assert!(refused.contains("holds no text"), "{refused}");
        }
    }

    #[test]
    fn days_have_open_ends_and_both_ends_are_taken() {
        let day = |text: &str| text.parse::<Day>().ok();
        let (first, last) = (day("2024-03-01"), day("2024-03-31"));
        for (sign, text, from, to) in [
            ("=", "2024-03-01..2024-03-31", first, last),
            ("=", "2024-03-01 ..", first, None),
            ("=", "2024-03-31", last, last),
            (">=", "2024-03-01", first, None),
            ("<=", "2024-03-31", None, last),
        ] {
            assert_eq!(days(sign, text), Ok(DateRange { from, to }), "{text}");
        }
        for (text, part) in [
            ("2024-03-31..2024-03-01", "is later than"),
            ("31.03.2024", "YYYY-MM-DD"),
            ("", "2024-03-01.."),
        ] {
            let refused = days("=", text).unwrap_err();
            assert!(refused.contains(part), "{text}: {refused}");
        }
    }
}
