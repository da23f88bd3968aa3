//! Where a TOML key may stand: in front of the tables of its container.

use super::{Work, level::Level};
use crate::configurations::merge::{error::count, types::Lines};

impl Work<'_> {
    /// A TOML key behind a table's header would belong to that table: what was written last goes in front of the tables
    /// if it is no table itself.
    pub(super) fn before_tables(&mut self, level: &mut Level, start: usize) {
        let mut lines = self.out[start..].lines().map(str::trim);
        let is_table = lines
            .find(|line| !line.is_empty() && !line.starts_with('#'))
            .is_some_and(|line| line.starts_with('['));
        if is_table {
            level.tables.get_or_insert(start);
            return;
        }
        let Some(tables) = level.tables else {
            return;
        };
        let (to, from) = (self.line_at(tables), self.line_at(start));
        let moved = self.out.split_off(start);
        let lines = count(moved.matches('\n').count());
        self.out.insert_str(tables, &moved);
        level.tables = Some(tables + moved.len());
        self.counted = (0, 1);
        let noted = self
            .conflicts
            .iter_mut()
            .map(|conflict| &mut conflict.lines);
        let noted = noted.chain(self.merged.iter_mut().map(|merged| &mut merged.lines));
        for place in noted.flatten() {
            let shift = |line: u32| match line {
                line if line >= from => line - (from - to),
                line if line >= to => line + lines,
                line => line,
            };
            *place = Lines {
                first: shift(place.first),
                last: shift(place.last),
            };
        }
    }
}
