//! An answer as rows of text: to be pasted into a spreadsheet, or kept as a file.

use super::{
    question::Measure,
    types::{Comparison, Outcome, TestKind, Verdict},
};
use crate::data::escape_formula;

/// Which part of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The table of measures.
    Metrics,
    /// Every point of every line.
    Curves,
    /// Tests and sizes of effect.
    Tests,
}

/// The part, with a head. Numbers have all their digits and a point.
pub fn sheet(answer: &Comparison, which: Sheet) -> Vec<Vec<String>> {
    match which {
        Sheet::Metrics => metrics(answer),
        Sheet::Curves => curves(answer),
        Sheet::Tests => tests(answer),
    }
}

/// Rows as lines, with a comma or a tab between cells. A cell that would end early is put in quotes, and none is a formula.
pub fn separated(rows: &[Vec<String>], separator: char) -> String {
    let mut text = String::new();
    for row in rows {
        for (at, cell) in row.iter().map(|cell| escape_formula(cell)).enumerate() {
            if at > 0 {
                text.push(separator);
            }
            if cell.contains([separator, '"', '\n', '\r']) {
                text.push('"');
                text.push_str(&cell.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(&cell);
            }
        }
        text.push('\n');
    }
    text
}

fn number(value: f64) -> String {
    value.to_string()
}

fn optional(value: Option<f64>) -> String {
    value.map(number).unwrap_or_default()
}

fn head(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn run(answer: &Comparison, at: usize) -> [String; 2] {
    let run = answer.runs.get(at);
    run.map_or_else(Default::default, |run| [run.name.clone(), run.id.clone()])
}

fn metrics(answer: &Comparison) -> Vec<Vec<String>> {
    let mut rows = vec![head(&[
        "measure",
        "unit",
        "run",
        "id",
        "n",
        "value",
        "low",
        "high",
        "difference",
        "difference_low",
        "difference_high",
        "direction",
    ])];
    let reference = usize::try_from(answer.reference).unwrap_or_default();
    for metric in &answer.metrics {
        for (at, value) in metric.values.iter().enumerate() {
            let mut row = vec![metric.name.clone(), metric.unit.clone()];
            row.extend(run(answer, at));
            row.push(value.n.to_string());
            let (low, high) = (value.value - value.half, value.value + value.half);
            let is_counted = value.n > 0;
            row.extend([value.value, low, high].map(|it| optional(is_counted.then_some(it))));
            let far = metric.differences.get(at).copied().flatten();
            let [value, low, high] = [
                far.map(|far| far.value),
                far.map(|far| far.low),
                far.map(|far| far.high),
            ]
            .map(optional);
            let direction = match far {
                Some(far) => direction(far.verdict),
                None if at == reference => "reference",
                None => "",
            };
            row.extend([value, low, high, direction.to_owned()]);
            rows.push(row);
        }
    }
    rows
}

fn curves(answer: &Comparison) -> Vec<Vec<String>> {
    let mut rows = vec![head(&[
        "measure",
        "run",
        "id",
        "x",
        "n",
        "mean",
        "median",
        "sd",
        "low",
        "high",
        "difference",
        "difference_low",
        "difference_high",
    ])];
    for curves in &answer.curves {
        for (at, line) in curves.lines.iter().enumerate() {
            for point in line {
                let mut row = vec![measure(curves.measure).to_owned()];
                row.extend(run(answer, at));
                row.extend([number(point.x), point.n.to_string()]);
                let (low, high) = (point.mean - point.half, point.mean + point.half);
                row.extend([point.mean, point.median, point.sd, low, high].map(number));
                let gaps = curves.gaps.get(at);
                let gap = gaps.and_then(|gaps| gaps.iter().find(|gap| gap.x == point.x));
                row.extend(
                    [
                        gap.map(|gap| gap.difference),
                        gap.map(|gap| gap.low),
                        gap.map(|gap| gap.high),
                    ]
                    .map(optional),
                );
                rows.push(row);
            }
        }
    }
    rows
}

fn tests(answer: &Comparison) -> Vec<Vec<String>> {
    let mut rows = vec![head(&[
        "outcome",
        "run",
        "id",
        "n",
        "n_reference",
        "difference",
        "low",
        "high",
        "test",
        "statistic",
        "df",
        "p",
        "p_holm",
        "in_words",
    ])];
    for pair in &answer.pairs {
        for test in &pair.tests {
            let mut row = vec![outcome(pair.outcome).to_owned()];
            row.extend(run(answer, usize::try_from(pair.run).unwrap_or_default()));
            row.extend(pair.n.map(|n| n.to_string()));
            let is_counted = !pair.n.contains(&0);
            row.extend(
                [pair.difference, pair.interval[0], pair.interval[1]]
                    .map(|it| optional(is_counted.then_some(it))),
            );
            row.push(kind(test.kind).to_owned());
            row.extend([test.statistic, test.freedom, test.p, test.p_holm].map(optional));
            row.push(test.words.clone());
            rows.push(row);
        }
    }
    rows
}

fn direction(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::Neither => "neither",
    }
}

fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Vision => "vision",
        Measure::Injections => "injections",
        Measure::StillTreated => "still_treated",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Vision => "vision",
        Outcome::Change => "change",
        Outcome::Injections => "injections",
    }
}

fn kind(kind: TestKind) -> &'static str {
    match kind {
        TestKind::Welch => "welch_t",
        TestKind::MannWhitney => "mann_whitney_u",
        TestKind::KolmogorovSmirnov => "kolmogorov_smirnov_d",
        TestKind::CohensD => "cohens_d",
        TestKind::CliffsDelta => "cliffs_delta",
    }
}

#[cfg(test)]
mod shown {
    use super::*;

    #[test]
    fn cells_that_would_end_early_are_in_quotes() {
        let rows = [
            vec!["a,b".to_owned(), "say \"so\"".into()],
            vec!["c".into(), String::new()],
        ];
        assert_eq!(separated(&rows, ','), "\"a,b\",\"say \"\"so\"\"\"\nc,\n");
        assert_eq!(separated(&rows[..1], '\t'), "a,b\t\"say \"\"so\"\"\"\n");
    }

    #[test]
    fn a_cell_is_never_a_formula() {
        let row = ["=1+1", "-1.5", "amber-heron"].map(str::to_owned).to_vec();
        assert_eq!(
            separated(&[row], ','),
            "'=1+1,-1.5,amber-heron
"
        );
    }
}
