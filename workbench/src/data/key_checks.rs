//! Do the keys meet? One sentence and one number each; those that are rarely of interest are said
//! only when they are.

use std::collections::HashSet;

use super::{
    key_report::Keyed,
    types::{KeyCheck, Level, MergeKeys},
};

/// Visit tables compared two by two; of more, each is compared with all the others together.
const MAX_PAIRED: usize = 3;

/// All checks, in the order in which they are shown.
pub(super) fn checks(tables: &[Keyed], keys: &MergeKeys) -> Vec<KeyCheck> {
    let joined: Vec<&Keyed> = tables.iter().filter(|table| table.is_joined()).collect();
    let visits: Vec<&Keyed> = joined
        .iter()
        .copied()
        .filter(|table| table.is_visit_level())
        .collect();
    let mut checks = vec![in_all(&joined)];
    let without = |label: String, count| KeyCheck {
        label,
        count,
        is_problem: false,
    };
    for table in &visits {
        let others: Vec<&Keyed> = visits
            .iter()
            .copied()
            .filter(|other| other.info.name != table.info.name)
            .collect();
        if visits.len() <= MAX_PAIRED {
            checks.extend(others.iter().map(|other| {
                let label = format!("{} without {}", table.info.name, other.info.name);
                without(label, table.keys_not_in(&[*other]))
            }));
        } else {
            let label = format!("{} visits in no other table", table.info.name);
            checks.push(without(label, table.keys_not_in(&others)));
        }
    }
    let duplicates = |level| -> u64 {
        let of_level = joined.iter().filter(|table| table.join.level == level);
        of_level
            .map(|table| table.rows.iter().flatten().count() as u64 - table.join.unique)
            .sum()
    };
    let primary = &keys.primary_id;
    let session = keys.session_id.as_deref().unwrap_or_default();
    if !visits.is_empty() {
        checks.push(problem(
            format!("Duplicate {primary}, {session}"),
            duplicates(Level::Visit),
        ));
    }
    let people = problem(
        format!("Duplicate {primary}"),
        duplicates(Level::Participant),
    );
    if visits.is_empty() || people.count > 0 {
        checks.push(people);
    }
    let missing: usize = joined
        .iter()
        .map(|table| table.rows.iter().filter(|key| key.is_none()).count())
        .sum();
    let outside = outside_cohort(&joined, keys);
    let rare = [
        problem(
            format!("Participants outside {}", keys.cohort_table),
            outside,
        ),
        problem("Rows without a key".to_owned(), missing as u64),
        problem(
            format!("Tables without {primary}"),
            tables.iter().filter(|table| !table.is_joined()).count() as u64,
        ),
    ];
    checks.extend(rare.into_iter().filter(|check| check.count > 0));
    checks
}

fn in_all(joined: &[&Keyed]) -> KeyCheck {
    let label = match joined.len() {
        0 | 1 => "Participants".to_owned(),
        2 => "Participants in both".to_owned(),
        3 => "Participants in all three".to_owned(),
        n => format!("Participants in all {n}"),
    };
    let count = joined.split_first().map_or(0, |(first, rest)| {
        let is_everywhere = |p: &&u32| rest.iter().all(|table| table.present.contains(*p));
        first.present.iter().filter(is_everywhere).count()
    });
    KeyCheck {
        label,
        count: count as u64,
        is_problem: false,
    }
}

/// People the cohort does not know are dropped by the merge: that deserves attention.
fn outside_cohort(joined: &[&Keyed], keys: &MergeKeys) -> u64 {
    let Some(cohort) = joined
        .iter()
        .find(|table| table.info.name == keys.cohort_table)
    else {
        return 0;
    };
    let others = joined
        .iter()
        .filter(|table| table.info.name != cohort.info.name);
    let outside: HashSet<u32> = others
        .flat_map(|table| &table.present)
        .copied()
        .filter(|p| !cohort.present.contains(p))
        .collect();
    outside.len() as u64
}

fn problem(label: String, count: u64) -> KeyCheck {
    KeyCheck {
        label,
        count,
        is_problem: true,
    }
}
