//! The live count: what is left after each filter, and what each card does.

use std::time::Instant;

use super::{
    CardOutcome, CardRule, CohortFilters, CountReport, Counts, FilterCard, Selection, Step,
    cohort::{Cohort, Narrowing, Universe},
    filter::Filters,
    index::{NONE, Place, StudyIndex},
};
use crate::{
    Error, Study, Workbench,
    data::{CategoryCount, ColumnInfo, ColumnType},
};

impl Workbench {
    /// How many participants and rows these filters leave, for the tables taken.
    pub async fn count(
        &self,
        study: &Study,
        filters: &CohortFilters,
        selection: &Selection,
    ) -> Result<CountReport, Error> {
        let (bench, study) = (self.clone(), study.clone());
        let (filters, selection) = (filters.clone(), selection.clone());
        super::off_thread(move || bench.count_now(&study, &filters, &selection)).await
    }

    pub(crate) fn count_now(
        &self,
        study: &Study,
        filters: &CohortFilters,
        selection: &Selection,
    ) -> Result<CountReport, Error> {
        let start = Instant::now();
        let index = self.index(study)?;
        let universe = self.universe(study, &index, selection)?;
        let resolved = self.filters(study, &index, filters)?;
        let (left, steps) = steps(&index, &universe, &resolved);
        let cards = super::parallel::parallel(filters.cards.len(), |at| {
            self.outcome(
                study,
                &index,
                &universe,
                &resolved,
                (at, &filters.cards[at]),
            )
        })?;
        Ok(CountReport {
            left,
            steps,
            cards,
            problems: resolved.problems,
            micros: u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
        })
    }

    /// What a card does, or would do if it were on.
    fn outcome(
        &self,
        study: &Study,
        index: &StudyIndex,
        universe: &Universe,
        filters: &Filters,
        (at, card): (usize, &FilterCard),
    ) -> Result<CardOutcome, Error> {
        let others = Narrowing::new(universe, index).with(filters.active(Some(at)));
        let without = others.cohort();
        let before = without.counts(index);
        let filter = match &filters.cards[at] {
            Ok(filter) => filter,
            Err(problem) => {
                return Ok(CardOutcome {
                    id: card.id.clone(),
                    problem: Some(problem.clone()),
                    would_leave: before,
                    removes_rows: 0,
                    categories: Vec::new(),
                });
            }
        };
        let would_leave = others.with(std::iter::once(filter)).cohort().counts(index);
        Ok(CardOutcome {
            id: card.id.clone(),
            problem: None,
            would_leave,
            removes_rows: before.rows.saturating_sub(would_leave.rows),
            categories: self.categories(study, index, &without, card)?,
        })
    }

    /// Rows of each value of the card's column, if it is categorical.
    fn categories(
        &self,
        study: &Study,
        index: &StudyIndex,
        cohort: &Cohort,
        card: &FilterCard,
    ) -> Result<Vec<CategoryCount>, Error> {
        let found = study
            .tables
            .iter()
            .position(|table| table.name == card.table);
        let Some((at, table)) = found.map(|at| (at, &study.tables[at])) else {
            return Ok(Vec::new());
        };
        let is_listed = |column: &&ColumnInfo| {
            matches!(column.column_type, ColumnType::Category | ColumnType::YesNo)
                || matches!(card.rule, CardRule::Categories { .. })
        };
        let Some(column) = table.column(&card.column).filter(is_listed) else {
            return Ok(Vec::new());
        };
        let dictionary = self.dictionary(table, &column.name)?;
        let codes = |row: u32| dictionary.codes.get(row as usize).copied().unwrap_or(NONE);
        let counts = histogram(
            index,
            cohort,
            &index.places[at],
            dictionary.values.len(),
            codes,
        );
        let asked = |code: usize| match &card.rule {
            CardRule::Categories { values } => values.iter().any(|v| dictionary.is_value(code, v)),
            CardRule::Range(_) | CardRule::Dates(_) | CardRule::Text(_) => false,
        };
        // The first values, and of the rest those that the card names.
        let listed = (0..counts.len()).filter(|at| *at < ColumnInfo::MAX_CATEGORIES || asked(*at));
        Ok(listed
            .take(2 * ColumnInfo::MAX_CATEGORIES)
            .map(|code| CategoryCount {
                value: dictionary.values[code].clone(),
                count: counts[code],
            })
            .collect())
    }
}

/// What is left after each filter, beginning with everyone.
fn steps(index: &StudyIndex, universe: &Universe, filters: &Filters) -> (Counts, Vec<Step>) {
    let mut narrowing = Narrowing::new(universe, index);
    let mut left = narrowing.cohort().counts(index);
    let mut steps = vec![Step {
        label: "Everyone".into(),
        left,
    }];
    for filter in filters.active(None) {
        narrowing.add(filter);
        left = narrowing.cohort().counts(index);
        steps.push(Step {
            label: filter.label.clone(),
            left,
        });
    }
    (left, steps)
}

/// Rows of the result by the code of their cell. Where a row is a participant, one counts once for
/// each value their matching visits have.
fn histogram(
    index: &StudyIndex,
    cohort: &Cohort,
    place: &Place,
    values: usize,
    codes: impl Fn(u32) -> u32,
) -> Vec<u64> {
    let frame = &index.frame;
    let mut counts = vec![0_u64; values];
    let mut add = |code: u32| {
        if let Some(count) = counts.get_mut(code as usize) {
            *count += 1;
        }
    };
    match place {
        Place::Person(rows) => {
            let code = |person: usize| codes(rows[person]);
            match cohort.by_person {
                true => cohort
                    .persons(index)
                    .iter()
                    .for_each(|person| add(code(person))),
                false => {
                    cohort.alone.iter().for_each(|person| add(code(person)));
                    cohort
                        .rows
                        .iter()
                        .for_each(|row| add(code(frame.person[row] as usize)));
                }
            }
        }
        Place::Visit(slot) if cohort.by_person => {
            let rows = &frame.tables[*slot].rows;
            // Without a filter on visits the cohort is a set of participants: all their visits count.
            let mut persons = cohort.alone.clone();
            cohort
                .rows
                .iter()
                .for_each(|row| persons.clear(frame.person[row] as usize));
            let is_in =
                |row: &usize| cohort.rows.get(*row) || persons.get(frame.person[*row] as usize);
            let mut last = vec![NONE; values];
            for row in (0..frame.len()).filter(is_in) {
                let code = codes(rows[row]);
                match last.get_mut(code as usize) {
                    Some(last) if *last != frame.person[row] => *last = frame.person[row],
                    _ => continue,
                }
                add(code);
            }
        }
        Place::Visit(slot) => {
            let rows = &frame.tables[*slot].rows;
            cohort.rows.iter().for_each(|row| add(codes(rows[row])));
        }
        Place::Apart => {}
    }
    counts
}
