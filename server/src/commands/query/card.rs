//! One filter on one column, as it is typed: `labs.bili >= 2`, `exams.stage = 3, 4`, `labs.bili = 2..5`.

use workbench::{
    Study,
    data::{ColumnInfo, TableInfo},
    query::{CardRule, FilterCard, Range},
};

use crate::Error;

/// Names that an error lists: enough to find the slip.
const LISTED: usize = 30;

/// Reads a filter, and holds it against the study.
pub(super) fn read(study: &Study, text: &str, id: String) -> Result<FilterCard, Error> {
    let refused = |problem: String| Error::Misread(format!("--where \"{text}\": {problem}"));
    let at = text.find(['<', '>', '=']).ok_or_else(|| {
        refused("write table.column >= 2, <= 2, = 2..5 or, for words, = a, b".into())
    })?;
    let (name, rest) = text.split_at(at);
    let (table, column) = find(study, name.trim()).map_err(refused)?;
    let (sign, value) = ["<=", ">=", "="]
        .iter()
        .find_map(|sign| Some((*sign, rest.strip_prefix(sign)?.trim())))
        .ok_or_else(|| refused("both ends are taken: write >= or <=".into()))?;
    let rule = match sign {
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
}
