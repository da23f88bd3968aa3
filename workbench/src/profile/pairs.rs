//! How numbers go together and what is missing together, from columns that are in memory.

use std::collections::HashMap;

use super::{Correlations, Missing, Pattern, Profile};

/// The least rows that a correlation is made of.
const LEAST: u64 = 3;

/// Pearson's r of each two columns over the rows that have both. What is missing is NaN.
pub(super) fn correlations(columns: &[(String, Vec<f64>)], left_out: u64) -> Correlations {
    let count = columns.len();
    let (mut r, mut n) = (vec![vec![None; count]; count], vec![vec![0; count]; count]);
    for (i, (_, x)) in columns.iter().enumerate() {
        for (j, (_, y)) in columns.iter().enumerate().skip(i) {
            let (found, rows) = pearson(x, y);
            (r[i][j], r[j][i]) = (found, found);
            (n[i][j], n[j][i]) = (rows, rows);
        }
    }
    Correlations {
        columns: columns.iter().map(|(name, _)| name.clone()).collect(),
        r,
        n,
        left_out,
    }
}

/// Welford's updates of means and co-moments (Chan, Golub & LeVeque 1983): one pass, and no cancellation of large sums.
fn pearson(x: &[f64], y: &[f64]) -> (Option<f64>, u64) {
    let (mut n, mut mean_x, mut mean_y) = (0_u64, 0.0, 0.0);
    let (mut of_x, mut of_y, mut of_both) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        if !x.is_finite() || !y.is_finite() {
            continue;
        }
        n += 1;
        let share = 1.0 / n as f64;
        let (from_x, from_y) = (x - mean_x, y - mean_y);
        mean_x += from_x * share;
        mean_y += from_y * share;
        of_x += from_x * (x - mean_x);
        of_y += from_y * (y - mean_y);
        of_both += from_x * (y - mean_y);
    }
    let spread = of_x.sqrt() * of_y.sqrt();
    let is_made = n >= LEAST && spread.is_finite() && spread > 0.0;
    let r = is_made.then(|| (of_both / spread).clamp(-1.0, 1.0));
    (r, n)
}

/// Which columns are missing together. `is_missing`: for each column that misses anything, whether each row does.
pub(super) fn missing(columns: &[(String, Vec<bool>)], rows: usize) -> Missing {
    let words = columns.len().div_ceil(64);
    let mut patterns: HashMap<Vec<u64>, u64> = HashMap::new();
    let mut pattern = vec![0_u64; words];
    for row in 0..rows {
        pattern.fill(0);
        for (at, (_, is_missing)) in columns.iter().enumerate() {
            if is_missing.get(row).copied().unwrap_or(false) {
                pattern[at / 64] |= 1 << (at % 64);
            }
        }
        match patterns.get_mut(&pattern) {
            Some(count) => *count += 1,
            None => drop(patterns.insert(pattern.clone(), 1)),
        }
    }
    let complete = patterns.remove(&vec![0; words]).unwrap_or(0);
    let named = patterns.into_iter().map(|(pattern, rows)| {
        let is_in = |at: usize| pattern[at / 64] & (1 << (at % 64)) != 0;
        let names = columns.iter().enumerate().filter(|(at, _)| is_in(*at));
        Pattern {
            columns: names.map(|(_, (name, _))| name.clone()).collect(),
            rows,
        }
    });
    let mut named: Vec<Pattern> = named.collect();
    named.sort_by(|one, other| {
        let by_columns = || one.columns.cmp(&other.columns);
        other.rows.cmp(&one.rows).then_with(by_columns)
    });
    let others = named.len().saturating_sub(Profile::PATTERNS) as u64;
    named.truncate(Profile::PATTERNS);
    Missing {
        complete,
        patterns: named,
        others,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_go_together_do_and_rows_without_one_of_them_are_left_out() {
        // numpy.corrcoef([1, 2, 3, 4], [2, 1, 4, 3]) is 0.6.
        let columns = [
            ("a".to_owned(), vec![1.0, 2.0, 3.0, 4.0, f64::NAN]),
            ("b".to_owned(), vec![2.0, 1.0, 4.0, 3.0, 9.0]),
            ("c".to_owned(), vec![7.0; 5]),
        ];
        let found = correlations(&columns, 0);
        let near = |value: Option<f64>, wanted: f64| {
            value.is_some_and(|value| (value - wanted).abs() < 1e-12)
        };
        assert!(near(found.r[0][1], 0.6) && near(found.r[1][0], 0.6));
        assert!(near(found.r[0][0], 1.0));
        assert_eq!((found.n[0][1], found.n[1][2]), (4, 5));
        assert_eq!(found.r[0][2], None, "it does not vary");
    }

    #[test]
    fn large_values_with_a_small_spread_do_not_cancel() {
        let x: Vec<f64> = (0..1000).map(|i| 1e9 + f64::from(i)).collect();
        let y: Vec<f64> = (0..1000).map(|i| 1e9 - f64::from(i)).collect();
        let (r, _) = pearson(&x, &y);
        assert!(r.is_some_and(|r| (r + 1.0).abs() < 1e-9), "{r:?}");
    }

    #[test]
    fn patterns_of_what_is_missing_are_counted_the_most_frequent_first() {
        let columns = [
            ("a".to_owned(), vec![true, true, false, false]),
            ("b".to_owned(), vec![true, true, true, false]),
        ];
        let found = missing(&columns, 4);
        assert_eq!((found.complete, found.others), (1, 0));
        let told: Vec<(String, u64)> = found
            .patterns
            .iter()
            .map(|it| (it.columns.join(" "), it.rows))
            .collect();
        assert_eq!(told, [("a b".to_owned(), 2), ("b".to_owned(), 1)]);
        assert_eq!(missing(&[], 3).complete, 3);
    }
}
