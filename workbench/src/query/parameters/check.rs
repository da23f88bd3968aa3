//! What of a file applies to the present data. A value, column or table that is not there is left out with its reason,
//! and a filter none of whose values is there is left out whole.

mod cards;
mod selection;

use std::{collections::HashSet, sync::Arc};

use super::{
    Imported,
    read::{LeftOuts, Parts, Placed, read, short},
};
use crate::{
    Error, Study, Workbench,
    data::ColumnInfo,
    query::{
        CohortFilters, Counts, MergeSpec, Range, Shape, default_selection,
        filter::{age_column, sex_column, site_column, site_names},
        index::{Dictionary, StudyIndex},
        off_thread,
    },
};

impl Workbench {
    /// Reads a file of query parameters and holds it against the data. Nothing is changed.
    ///
    /// # Errors
    /// The file cannot be read as a query (with its line and column), or the tables cannot.
    pub async fn read_parameters(
        &self,
        study: &Study,
        file: &str,
        bytes: impl AsRef<[u8]> + Send + 'static,
    ) -> Result<Imported, Error> {
        let (bench, study, file) = (self.clone(), study.clone(), file.to_owned());
        off_thread(move || {
            let parts = read(&file, bytes.as_ref())?;
            let index = bench.index(&study)?;
            let check = Check {
                bench: &bench,
                study: &study,
                index: &index,
                left_out: LeftOuts::default(),
            };
            check.imported(parts)
        })
        .await
    }
}

struct Check<'a> {
    bench: &'a Workbench,
    study: &'a Study,
    index: &'a StudyIndex,
    left_out: LeftOuts,
}

impl Check<'_> {
    fn imported(mut self, mut parts: Parts) -> Result<Imported, Error> {
        self.left_out = std::mem::take(&mut parts.left_out);
        let filters = CohortFilters {
            sites: self.sites(parts.sites)?,
            visits: self.visits(parts.visits),
            age: parts
                .age
                .filter(|age| self.has_age(age))
                .map(|age| age.value),
            sex: self.sex(parts.sex)?,
            cards: self.cards(parts.cards)?,
        };
        let selection = match parts.tables {
            Some(tables) => self.selection(tables, parts.columns),
            None => default_selection(self.study),
        };
        let spec = MergeSpec {
            filters,
            selection,
            shape: parts.shape,
            consolidate_baseline: parts.consolidate_baseline,
        };
        let mut imported = Imported {
            notes: parts.notes,
            exported_at: parts.exported_at,
            applies: Vec::new(),
            left_out: Vec::new(),
            more_left_out: 0,
            left: Counts::default(),
            spec,
        };
        self.say(&mut imported)?;
        self.left_out.fill(&mut imported);
        Ok(imported)
    }

    /// What applies, in words, and what it leaves.
    fn say(&self, imported: &mut Imported) -> Result<(), Error> {
        let spec = &imported.spec;
        let report = self
            .bench
            .count_now(self.study, &spec.filters, &spec.selection)?;
        imported.left = report.left;
        let mut words: Vec<String> = report
            .steps
            .into_iter()
            .skip(1)
            .map(|it| it.label)
            .collect();
        let filters = self.bench.filters(self.study, self.index, &spec.filters)?;
        let off = filters.cards.iter().zip(&filters.enabled);
        let off = off.filter_map(|(card, enabled)| card.as_ref().ok().filter(|_| !enabled));
        words.extend(off.map(|card| format!("{}, switched off", card.label)));
        for (table, columns) in &spec.selection.tables {
            let columns = match columns.len() {
                0 => "no further columns".to_owned(),
                1 => "1 column".to_owned(),
                count => format!("{count} columns"),
            };
            words.push(format!("Table {table}, {columns}"));
        }
        words.push(match spec.shape {
            Shape::Long => "Long form, a row a visit".into(),
            Shape::Wide => "Wide form, a row a participant".into(),
        });
        if spec.consolidate_baseline {
            words.push("Baselines consolidated".into());
        }
        imported.applies = words;
        Ok(())
    }

    fn has_age(&mut self, age: &Placed<Range>) -> bool {
        let has = age_column(self.study).is_some();
        if !has {
            let why = format!(
                "{} has no age column with numbers",
                self.study.keys.cohort_table
            );
            self.left_out.add(age.line, "age_range", &why);
        }
        has
    }

    fn sites(&mut self, asked: Vec<Placed<String>>) -> Result<Vec<String>, Error> {
        let Some(values) = self.cohort_values("site", site_column(self.study), &asked)? else {
            return Ok(Vec::new());
        };
        let mut known: Vec<&str> = values
            .values
            .iter()
            .flat_map(|cell| site_names(cell))
            .collect();
        known.sort_unstable();
        let is_known = |site: &str| known.binary_search(&site.trim()).is_ok();
        Ok(self.present("site", asked, is_known))
    }

    fn sex(&mut self, asked: Vec<Placed<String>>) -> Result<Vec<String>, Error> {
        let Some(values) = self.cohort_values("sex", sex_column(self.study), &asked)? else {
            return Ok(Vec::new());
        };
        let texts: Vec<&str> = asked.iter().map(|it| it.value.as_str()).collect();
        let found = values.has(&texts);
        let known: HashSet<String> = texts
            .iter()
            .zip(found)
            .filter(|(_, found)| *found)
            .map(|(text, _)| (*text).to_owned())
            .collect();
        Ok(self.present("sex", asked, |value| known.contains(value)))
    }

    fn visits(&mut self, asked: Vec<Placed<String>>) -> Vec<String> {
        let index = self.index;
        let visits = &index.frame.visits;
        let known: HashSet<String> = (0..visits.len()).map(|rank| visits.text(rank)).collect();
        self.present("visit", asked, |visit| known.contains(visit.trim()))
    }

    /// The values of the cohort's column, if anything is asked of it and it is there.
    fn cohort_values(
        &mut self,
        what: &str,
        column: Option<&ColumnInfo>,
        asked: &[Placed<String>],
    ) -> Result<Option<Arc<Dictionary>>, Error> {
        let Some(first) = asked.first() else {
            return Ok(None);
        };
        let table = self.study.table(&self.study.keys.cohort_table);
        let (Some(table), Some(column)) = (table, column) else {
            let why = format!("{} has no {what} column", self.study.keys.cohort_table);
            self.left_out.add(first.line, what, &why);
            return Ok(None);
        };
        self.bench.dictionary(table, &column.name).map(Some)
    }

    /// Those that are in the data.
    fn present(
        &mut self,
        what: &str,
        asked: Vec<Placed<String>>,
        is_known: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let line = asked.first().map_or(0, |first| first.line);
        let mut seen = HashSet::new();
        let once = asked.into_iter().filter(|it| seen.insert(it.value.clone()));
        let (known, unknown): (Vec<_>, Vec<_>) = once.partition(|it| is_known(&it.value));
        for it in &unknown {
            let what = format!("{what} {}", short(&it.value));
            self.left_out
                .add(it.line, &what, "nothing in the data has it");
        }
        if known.is_empty() && !unknown.is_empty() {
            let why = "none of its values is in the data, so it does not filter";
            self.left_out.add(line, &format!("the {what} filter"), why);
        }
        known.into_iter().map(|it| it.value).collect()
    }
}
