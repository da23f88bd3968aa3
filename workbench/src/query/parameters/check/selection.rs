//! Tables and columns of a file: those that are here and can be joined.

use std::collections::{BTreeMap, HashSet};

use super::{super::read::Placed, Check};
use crate::{data::TableInfo, query::Selection};

impl<'a> Check<'a> {
    pub(super) fn selection(
        &mut self,
        tables: Vec<Placed<String>>,
        columns: Vec<(String, Vec<Placed<String>>)>,
    ) -> Selection {
        let mut asked: BTreeMap<String, Vec<Placed<String>>> = columns.into_iter().collect();
        let mut selection = Selection::default();
        for table in tables {
            let columns = asked.remove(&table.value).unwrap_or_default();
            let Some(info) = self.joinable(&table) else {
                continue;
            };
            let mut free: HashSet<&str> = info.columns.iter().map(|it| it.name.as_str()).collect();
            let taken = selection.tables.entry(table.value.clone()).or_default();
            for column in columns {
                if free.remove(column.value.as_str()) {
                    taken.push(column.value);
                } else if info.column(&column.value).is_none() {
                    let what = format!("column {}.{}", table.value, column.value);
                    let why = "the table has no such column";
                    self.left_out.add(column.line, &what, why);
                }
            }
        }
        for (name, columns) in asked {
            if let Some(first) = columns.first() {
                let why = "the table is not among selected_tables";
                self.left_out
                    .add(first.line, &format!("columns of {name}"), why);
            }
        }
        selection
    }

    /// The table, if it is here and can be joined.
    fn joinable(&mut self, asked: &Placed<String>) -> Option<&'a TableInfo> {
        let found = self.study.table(&asked.value);
        let key = &self.study.keys.primary_id;
        let why = match found {
            None => "it is not here".to_owned(),
            Some(table) if table.column(key).is_none() => {
                format!("it has no column {key} to join on")
            }
            Some(_) => return found,
        };
        let what = format!("table {}", asked.value);
        self.left_out.add(asked.line, &what, &why);
        None
    }
}
