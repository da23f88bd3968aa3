//! When values are categories, and when they are an answer: the rules, and nothing else.
//!
//! * Whole numbers: at most [`MAX_CODES`] different ones, each between -9 and 20 or 99 (codes, not
//!   measurements), each there twice on average. Of these, a column of both 0 and 1 is yes / no,
//!   unless its name says that it sorts people into groups (`trt`, `arm`, `sex`): then 0 and 1 are
//!   names of groups.
//! * Text: at most [`ColumnInfo::MAX_CATEGORIES`] different values of at most [`MAX_LABEL`] bytes,
//!   each there twice on average; up to five values need only one repetition. Of these, yes / no,
//!   true / false and their initials are yes / no.

use std::collections::{BTreeMap, HashMap};

use super::types::{ColumnInfo, ColumnType};

/// Different whole numbers of a category.
pub(super) const MAX_CODES: usize = 10;

/// Bytes of a category's label; longer text is prose, also when it repeats.
pub(super) const MAX_LABEL: usize = 100;

/// Different labels that need only one repetition, so that small tables have categories too.
const FEW_LABELS: usize = 5;

/// Words in a column's name which say that 0 and 1 name groups.
const GROUPS: [&str; 22] = [
    "arm",
    "batch",
    "center",
    "centre",
    "class",
    "cluster",
    "cohort",
    "ethnicity",
    "gender",
    "grade",
    "group",
    "grp",
    "race",
    "session",
    "sex",
    "site",
    "stage",
    "status",
    "treatment",
    "trt",
    "type",
    "visit",
];

/// What whole numbers are; `counts` is there if the values were few.
pub(super) fn of_integers(
    name: &str,
    counts: Option<&BTreeMap<i64, u64>>,
    values: u64,
) -> ColumnType {
    let Some(counts) = counts else {
        return ColumnType::Integer;
    };
    let is_code = |code: &i64| (-9..=20).contains(code) || *code == 99;
    if counts.is_empty() || (counts.len() as u64) * 2 > values || !counts.keys().all(is_code) {
        return ColumnType::Integer;
    }
    let is_zero_one = counts.keys().eq([0, 1].iter());
    if is_zero_one && !names_groups(name) {
        return ColumnType::YesNo;
    }
    ColumnType::Category
}

/// What text is; `counts` is there if the values were few and short.
pub(super) fn of_texts(counts: Option<&HashMap<String, u64>>, values: u64) -> ColumnType {
    let Some(counts) = counts else {
        return ColumnType::Text;
    };
    let distinct = counts.len() as u64;
    if distinct == 0 || counts.len() > ColumnInfo::MAX_CATEGORIES {
        return ColumnType::Text;
    }
    if is_yes_no(counts) {
        return ColumnType::YesNo;
    }
    let has_few = counts.len() <= FEW_LABELS && distinct < values;
    if has_few || distinct * 2 <= values {
        return ColumnType::Category;
    }
    ColumnType::Text
}

/// A word alone is enough; initials must come as a pair, because `f` is also a sex.
fn is_yes_no(counts: &HashMap<String, u64>) -> bool {
    let mut words: Vec<String> = counts
        .keys()
        .map(|word| word.trim().to_lowercase())
        .collect();
    words.sort_unstable();
    words.dedup();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["n", "y"] | ["f", "t"] => true,
        [a] => matches!(a, "yes" | "no" | "true" | "false"),
        [a, b] => matches!((a, b), ("no", "yes") | ("false", "true")),
        _ => false,
    }
}

fn names_groups(name: &str) -> bool {
    name.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| GROUPS.contains(&word))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::{ColumnType, of_integers, of_texts};

    fn integers(name: &str, codes: &[i64], each: u64) -> ColumnType {
        let counts: BTreeMap<i64, u64> = codes.iter().map(|code| (*code, each)).collect();
        of_integers(name, Some(&counts), each * codes.len() as u64)
    }

    fn texts(labels: &[&str], each: u64) -> ColumnType {
        let counts: HashMap<String, u64> = labels
            .iter()
            .map(|label| ((*label).to_owned(), each))
            .collect();
        of_texts(Some(&counts), each * labels.len() as u64)
    }

    #[test]
    fn codes_are_categories_and_measurements_are_not() {
        assert_eq!(integers("stage", &[1, 2, 3, 4], 9), ColumnType::Category);
        assert_eq!(integers("stage", &[1, 2, 3, 99], 9), ColumnType::Category);
        assert_eq!(integers("age", &[40, 50, 60], 9), ColumnType::Integer);
        assert_eq!(integers("id", &[1, 2, 3, 4], 1), ColumnType::Integer);
        assert_eq!(integers("ascites", &[0, 1], 9), ColumnType::YesNo);
        assert_eq!(integers("trt", &[0, 1], 9), ColumnType::Category);
        assert_eq!(integers("Treatment_arm", &[0, 1], 9), ColumnType::Category);
        assert_eq!(of_integers("day", None, 9), ColumnType::Integer);
    }

    #[test]
    fn labels_are_categories_and_names_are_not() {
        assert_eq!(texts(&["f", "m"], 2), ColumnType::Category);
        assert_eq!(texts(&["f", "m"], 1), ColumnType::Text);
        assert_eq!(texts(&["Yes", "no"], 1), ColumnType::YesNo);
        assert_eq!(texts(&["y", "n"], 3), ColumnType::YesNo);
        assert_eq!(texts(&["f"], 3), ColumnType::Category);
        assert_eq!(texts(&["a", "b", "c", "d", "e", "f"], 1), ColumnType::Text);
        assert_eq!(of_texts(None, 9), ColumnType::Text);
    }
}
