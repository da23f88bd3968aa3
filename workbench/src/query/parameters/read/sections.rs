//! `[cohort_filters]` and `[export_selection]`.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Placed, Reader, is_finite, list, number};
use crate::query::{Range, Shape};

impl Reader {
    pub(super) fn cohort(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match &**key.get_ref() {
                "age_range" => self.age(value),
                "sites" => self.parts.sites = self.some_texts(value, "sites"),
                "sessions" => self.parts.visits = self.some_texts(value, "sessions"),
                "sex" => self.parts.sex = self.some_texts(value, "sex"),
                _ => self.unknown(key, "cohort_filters"),
            }
        }
    }

    fn age(&mut self, value: &Spanned<DeValue<'_>>) {
        let ends = list(value.get_ref()).and_then(|ends| match ends {
            [min, max] => Some((number(min.get_ref())?, number(max.get_ref())?)),
            _ => None,
        });
        // An end that nothing can reach is an open one.
        let range = ends.map(|(min, max)| Range {
            min: (min != f64::NEG_INFINITY).then_some(min),
            max: (max != f64::INFINITY).then_some(max),
        });
        match range.filter(|range| is_finite(*range)) {
            Some(range) => {
                let line = self.line(value);
                self.parts.age = Some(Placed { line, value: range });
            }
            None => self.leave(value, "age_range", "it is not two numbers"),
        }
    }

    pub(super) fn selection(&mut self, table: &DeTable<'_>) {
        self.parts.tables.get_or_insert_default();
        for (key, value) in table {
            match (&**key.get_ref(), value.get_ref()) {
                ("selected_tables", _) => {
                    self.parts.tables = Some(self.texts(value, "selected_tables"));
                }
                ("selected_columns", DeValue::Table(columns)) => {
                    for (table, columns) in columns {
                        let what = format!("columns of {}", table.get_ref());
                        let columns = self.texts(columns, &what);
                        let table = table.get_ref().to_string();
                        self.parts.columns.push((table, columns));
                    }
                }
                ("enwiden_longitudinal", _) => {
                    if self.flag(value, "enwiden_longitudinal") {
                        self.parts.shape = Shape::Wide;
                    }
                }
                ("consolidate_baseline", _) => {
                    self.parts.consolidate_baseline = self.flag(value, "consolidate_baseline");
                }
                ("selected_columns", _) => {
                    self.leave(
                        value,
                        "selected_columns",
                        "it does not list columns by table",
                    );
                }
                _ => self.unknown(key, "export_selection"),
            }
        }
    }
}
