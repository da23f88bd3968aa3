//! The count and the merge again, one row at a time and without any index: what the fast way is
//! compared with on random small studies.

use proptest::prelude::*;
use tokio_util::sync::CancellationToken;
use workbench::{
    Study,
    query::{CardRule, CohortFilters, Counts, FilterCard, MergeSpec},
};

use crate::study::{Bench, card, first, lines, range, spec, taking, texts};

/// A cell, missing or a small number.
type Cell = Option<u8>;

#[derive(Debug, Clone)]
struct Random {
    /// id, age
    cohort: Vec<(Cell, Cell)>,
    /// id, dose: one row a participant, or several
    doses: Vec<(Cell, Cell)>,
    /// id, visit, value
    labs: Vec<(Cell, Cell, Cell)>,
    exams: Vec<(Cell, Cell, Cell)>,
    age: Option<(u8, u8)>,
    visits: Vec<u8>,
    bili: Option<(u8, u8)>,
    stage: Option<Vec<u8>>,
    takes: [bool; 3],
    is_text: bool,
}

fn cell(most: u8) -> impl Strategy<Value = Cell> {
    prop_oneof![9 => (1..=most).prop_map(Some), 1 => Just(None)]
}

/// A visit, often without a name: those are the ones that could pair up by mistake.
fn visit() -> impl Strategy<Value = Cell> {
    prop_oneof![2 => (1_u8..=4).prop_map(Some), 1 => Just(None)]
}

fn random() -> impl Strategy<Value = Random> {
    let rows = |len| proptest::collection::vec((cell(6), visit(), cell(9)), 0..len);
    let pairs = |len| proptest::collection::vec((cell(5), cell(9)), 1..len);
    let ends = || proptest::option::of((1_u8..6, 4_u8..10));
    let filters = (
        ends(),
        prop_oneof![Just(Vec::new()), proptest::collection::vec(1_u8..5, 1..3)],
        ends(),
        proptest::option::of(proptest::collection::vec(1_u8..10, 0..4)),
    );
    let tables = (pairs(7), pairs(4), rows(14), rows(14));
    (tables, filters, any::<[bool; 3]>(), any::<bool>()).prop_map(
        |((cohort, doses, labs, exams), (age, visits, bili, stage), takes, is_text)| Random {
            cohort,
            doses,
            labs,
            exams,
            age,
            visits,
            bili,
            stage,
            takes,
            is_text,
        },
    )
}

/// One row of the union: who, which visit, and the row of each table.
struct Row {
    id: u8,
    visit: Cell,
    lab: Option<usize>,
    exam: Option<usize>,
    dose: Option<usize>,
}

impl Random {
    fn ids(&self) -> Vec<u8> {
        let mut ids: Vec<u8> = self.cohort.iter().filter_map(|row| row.0).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn age(&self, id: u8) -> Cell {
        self.cohort
            .iter()
            .find(|row| row.0 == Some(id))
            .and_then(|row| row.1)
    }

    /// Doses are per participant unless somebody in the cohort has two.
    fn doses_are_visits(&self) -> bool {
        self.ids()
            .iter()
            .any(|id| self.doses.iter().filter(|row| row.0 == Some(*id)).count() > 1)
    }

    fn union(&self) -> Vec<Row> {
        let mut union = Vec::new();
        let of = |rows: &[(Cell, Cell, Cell)], id, visit| -> Vec<usize> {
            (0..rows.len())
                .filter(|at| (rows[*at].0, rows[*at].1) == (Some(id), visit))
                .collect()
        };
        for id in self.ids() {
            let row = |visit, lab, exam, dose| Row {
                id,
                visit,
                lab,
                exam,
                dose,
            };
            for visit in (1..=4).map(Some) {
                let (labs, exams) = (of(&self.labs, id, visit), of(&self.exams, id, visit));
                for at in 0..labs.len().max(exams.len()) {
                    union.push(row(
                        visit,
                        labs.get(at).copied(),
                        exams.get(at).copied(),
                        None,
                    ));
                }
            }
            let doses = (0..self.doses.len()).filter(|at| self.doses[*at].0 == Some(id));
            if self.doses_are_visits() {
                doses.for_each(|at| union.push(row(None, None, None, Some(at))));
            }
            of(&self.labs, id, None)
                .into_iter()
                .for_each(|at| union.push(row(None, Some(at), None, None)));
            of(&self.exams, id, None)
                .into_iter()
                .for_each(|at| union.push(row(None, None, Some(at), None)));
        }
        union
    }

    /// Rows of the result as text.
    fn expected(&self) -> (Counts, Vec<String>) {
        let [doses, labs, exams] = self.takes;
        let within = |range: Option<(u8, u8)>, value: Cell| {
            range.is_none_or(|(min, max)| value.is_some_and(|v| (min..=max).contains(&v)))
        };
        let is_about_visits = !self.visits.is_empty() && self.has_visits()
            || self.bili.is_some()
            || self.stage.is_some();
        let by_visit = labs || exams || doses && self.doses_are_visits();
        let mut rows: Vec<(u8, usize, Option<Row>)> = Vec::new();
        let mut persons = Vec::new();
        for (at, row) in self.union().into_iter().enumerate() {
            let is_taken = labs && row.lab.is_some()
                || exams && row.exam.is_some()
                || doses && row.dose.is_some();
            let bili = row.lab.and_then(|at| self.labs[at].2);
            let stage = row.exam.and_then(|at| self.exams[at].2);
            let is_left = within(self.age, self.age(row.id))
                && (self.visits.is_empty()
                    || !self.has_visits()
                    || row.visit.is_some_and(|v| self.visits.contains(&v)))
                && within(self.bili, bili)
                && self
                    .stage
                    .as_ref()
                    .is_none_or(|s| stage.is_some_and(|stage| s.contains(&stage)));
            if is_taken && by_visit {
                persons.push(row.id);
            }
            match by_visit {
                true if is_taken && is_left => rows.push((row.id, at, Some(row))),
                false if is_left && is_about_visits => rows.push((row.id, 0, None)),
                _ => {}
            }
        }
        if !is_about_visits {
            let alone = self.ids().into_iter().filter(|id| !persons.contains(id));
            rows.extend(
                alone
                    .filter(|id| within(self.age, self.age(*id)))
                    .map(|id| (id, 0, None)),
            );
        }
        rows.sort_by_key(|row| (row.0, row.1));
        if !by_visit {
            rows.dedup_by_key(|row| row.0);
        }
        let mut people: Vec<u8> = rows.iter().map(|row| row.0).collect();
        people.dedup();
        let counts = Counts {
            participants: people.len() as u64,
            rows: rows.len() as u64,
        };
        (
            counts,
            rows.iter().map(|row| self.line(row, by_visit)).collect(),
        )
    }

    fn has_visits(&self) -> bool {
        self.labs
            .iter()
            .chain(&self.exams)
            .any(|row| row.1.is_some())
    }

    fn line(&self, (id, _, row): &(u8, usize, Option<Row>), by_visit: bool) -> String {
        let [doses, labs, exams] = self.takes;
        let mut cells = vec![Some(self.id(*id))];
        let text = |cell: Cell| cell.map(|cell| cell.to_string());
        if by_visit {
            cells.push(text(row.as_ref().and_then(|row| row.visit)));
        }
        cells.push(text(self.age(*id)));
        if doses {
            let own = || self.doses.iter().position(|row| row.0 == Some(*id));
            let at = match self.doses_are_visits() {
                true => row.as_ref().and_then(|row| row.dose),
                false => own(),
            };
            cells.push(text(at.and_then(|at| self.doses[at].1)));
        }
        if labs {
            cells.push(text(
                row.as_ref()
                    .and_then(|row| row.lab)
                    .and_then(|at| self.labs[at].2),
            ));
        }
        if exams {
            cells.push(text(
                row.as_ref()
                    .and_then(|row| row.exam)
                    .and_then(|at| self.exams[at].2),
            ));
        }
        cells
            .into_iter()
            .map(|cell| cell.unwrap_or_else(|| "-".into()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn id(&self, id: u8) -> String {
        if self.is_text {
            format!("P{id}")
        } else {
            id.to_string()
        }
    }

    fn study(&self) -> (Bench, Study) {
        let mut bench = Bench::new();
        let number = |cell: Cell| cell.map(|cell| cell.to_string());
        let id = |cell: Cell| cell.map(|id| self.id(id));
        let mut keep = |name: &str, names: &[&str], columns: Vec<Vec<Option<String>>>| {
            let columns = names.iter().zip(&columns).map(|(name, cells)| {
                (
                    (*name).to_owned(),
                    cells.iter().map(|cell| cell.as_deref()).collect(),
                )
            });
            bench.columns(name, columns.collect());
        };
        let pairs = |rows: &[(Cell, Cell)]| {
            vec![
                rows.iter().map(|r| id(r.0)).collect(),
                rows.iter().map(|r| number(r.1)).collect(),
            ]
        };
        let triples = |rows: &[(Cell, Cell, Cell)]| {
            vec![
                rows.iter().map(|r| id(r.0)).collect(),
                rows.iter().map(|r| number(r.1)).collect(),
                rows.iter().map(|r| number(r.2)).collect(),
            ]
        };
        keep("people", &["id", "age"], pairs(&self.cohort));
        keep("doses", &["id", "dose"], pairs(&self.doses));
        keep("labs", &["id", "visit", "bili"], triples(&self.labs));
        keep("exams", &["id", "visit", "stage"], triples(&self.exams));
        let study = bench.study(Some("visit"));
        (bench, study)
    }

    fn spec(&self) -> MergeSpec {
        let ends = |(min, max): (u8, u8)| range(f64::from(min), f64::from(max));
        let mut cards: Vec<FilterCard> = Vec::new();
        cards.extend(
            self.bili
                .map(|bili| card("labs.bili", CardRule::Range(ends(bili)))),
        );
        cards.extend(self.stage.as_ref().map(|stage| {
            let values = stage.iter().map(u8::to_string).collect();
            card("exams.stage", CardRule::Categories { values })
        }));
        let filters = CohortFilters {
            age: self.age.map(ends),
            visits: texts(
                &self
                    .visits
                    .iter()
                    .map(u8::to_string)
                    .collect::<Vec<_>>()
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>(),
            ),
            cards,
            ..CohortFilters::default()
        };
        let tables = [
            ("doses: dose", self.takes[0]),
            ("labs: bili", self.takes[1]),
            ("exams: stage", self.takes[2]),
        ];
        let tables = tables
            .iter()
            .filter(|(_, takes)| *takes)
            .map(|(table, _)| *table);
        spec(
            filters,
            taking(
                &std::iter::once("people: age")
                    .chain(tables)
                    .collect::<Vec<_>>(),
            ),
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn count_and_merge_give_what_one_would_by_hand(random in random()) {
        let (bench, study) = random.study();
        let (counts, expected) = random.expected();
        let spec = random.spec();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let workbench = &bench.workbench;
            let report = workbench.count(&study, &spec.filters, &spec.selection).await.unwrap();
            prop_assert_eq!(report.left, counts);
            let (_, preview) = workbench.preview(&study, &spec, &first(1000)).await.unwrap();
            prop_assert_eq!(lines(&preview), expected.clone());
            let result = workbench.merge(&study, &spec, 0, &CancellationToken::new()).await.unwrap();
            prop_assert_eq!((result.participants, result.row_count), (counts.participants, counts.rows));
            let page = workbench.page(&result, &first(1000)).await.unwrap();
            prop_assert_eq!(lines(&page), expected);
            Ok(())
        })?;
    }
}
