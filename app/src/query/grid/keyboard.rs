//! Moving through the grid by keys: one cell is current, and the view follows it.

use leptos::{ev::KeyboardEvent, prelude::*};

/// The current cell.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    pub(super) row: RwSignal<Option<u64>>,
    pub(super) column: RwSignal<usize>,
}

impl Cursor {
    pub(super) fn new() -> Self {
        Self {
            row: RwSignal::new(None),
            column: RwSignal::new(0),
        }
    }

    /// Follows a key; whether it was one for the grid.
    pub(super) fn follow(
        &self,
        event: &KeyboardEvent,
        rows: u64,
        columns: usize,
        page: u64,
    ) -> bool {
        if rows == 0 || columns == 0 {
            return false;
        }
        let is_ctrl = event.ctrl_key() || event.meta_key();
        let from = (self.row.get_untracked(), self.column.get_untracked());
        let Some((row, column)) = step(&event.key(), is_ctrl, from, (rows - 1, columns - 1), page)
        else {
            return false;
        };
        self.row.set(Some(row));
        self.column.set(column);
        true
    }
}

/// Where a key leads. `last` is the last row and column; `page` the rows of a screen.
fn step(
    key: &str,
    is_ctrl: bool,
    from: (Option<u64>, usize),
    last: (u64, usize),
    page: u64,
) -> Option<(u64, usize)> {
    let (last_row, last_column) = last;
    let column = from.1.min(last_column);
    let Some(row) = from.0 else {
        // The first key enters the grid.
        let enters = matches!(
            key,
            "ArrowDown"
                | "ArrowUp"
                | "ArrowLeft"
                | "ArrowRight"
                | "Home"
                | "End"
                | "PageDown"
                | "PageUp"
        );
        return enters.then_some((0, 0));
    };
    let row = row.min(last_row);
    Some(match key {
        "ArrowDown" => ((row + 1).min(last_row), column),
        "ArrowUp" => (row.saturating_sub(1), column),
        "ArrowRight" => (row, (column + 1).min(last_column)),
        "ArrowLeft" => (row, column.saturating_sub(1)),
        "PageDown" => ((row + page.max(1)).min(last_row), column),
        "PageUp" => (row.saturating_sub(page.max(1)), column),
        "Home" if is_ctrl => (0, 0),
        "End" if is_ctrl => (last_row, last_column),
        "Home" => (row, 0),
        "End" => (row, last_column),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn keys_move_one_cell_a_screen_or_to_an_end_and_never_out() {
        let last = (99, 4);
        let from = |row, column| (Some(row), column);
        assert_eq!(step("ArrowDown", false, (None, 0), last, 20), Some((0, 0)));
        assert_eq!(
            step("ArrowDown", false, from(99, 0), last, 20),
            Some((99, 0))
        );
        assert_eq!(step("PageDown", false, from(5, 2), last, 20), Some((25, 2)));
        assert_eq!(step("PageUp", false, from(5, 2), last, 20), Some((0, 2)));
        assert_eq!(step("End", false, from(5, 2), last, 20), Some((5, 4)));
        assert_eq!(step("End", true, from(5, 2), last, 20), Some((99, 4)));
        assert_eq!(step("Home", true, from(5, 2), last, 20), Some((0, 0)));
        assert_eq!(step("a", false, from(5, 2), last, 20), None);
    }

    #[test]
    fn a_cursor_left_behind_by_a_shorter_result_comes_back_inside() {
        assert_eq!(
            step("ArrowLeft", false, (Some(500), 9), (9, 2), 20),
            Some((9, 1))
        );
    }
}
