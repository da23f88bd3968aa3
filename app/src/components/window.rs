//! Which rows are on screen, and where they stand. Pure arithmetic, so that a million rows scroll.

/// Height of a row with a mouse, and with a finger: as `style/query.css` has them.
pub(crate) const ROW: f64 = 28.0;
pub(crate) const TALL_ROW: f64 = 36.0;
/// Rows made beyond the edges, so that a scroll finds them there.
const BEYOND: u64 = 10;
/// Firefox draws nothing beyond some 17.9 million pixels; a longer table is scrolled in larger steps.
const MAX_HEIGHT: f64 = 16_000_000.0;

/// A range of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) first: u64,
    pub(crate) len: u64,
}

/// What the scrolling element looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Port {
    /// How far it is scrolled, pixels.
    pub(crate) top: f64,
    /// Its height without the head.
    pub(crate) height: f64,
    /// Height of a row.
    pub(crate) row: f64,
    /// Rows in all.
    pub(crate) total: u64,
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rows and pixels of one table"
)]
impl Port {
    fn full(&self) -> f64 {
        self.total as f64 * self.row
    }

    /// Height of the whole table on screen.
    pub(crate) fn table_height(&self) -> f64 {
        self.full().min(MAX_HEIGHT)
    }

    /// Pixels of the full table for one pixel of scrolling.
    fn stretch(&self) -> f64 {
        let way = self.table_height() - self.height;
        if way <= 0.0 {
            1.0
        } else {
            ((self.full() - self.height) / way).max(1.0)
        }
    }

    fn full_top(&self) -> f64 {
        self.top * self.stretch()
    }

    /// The first row to be seen, and how many are.
    pub(crate) fn seen(&self) -> Window {
        let first = ((self.full_top() / self.row) as u64).min(self.total);
        let len = (self.height / self.row) as u64;
        Window {
            first,
            len: len.min(self.total - first),
        }
    }

    /// The rows of which something can be seen.
    pub(crate) fn in_sight(&self) -> Window {
        let Window { first, len } = self.seen();
        Window {
            first,
            len: (len + 2).min(self.total - first),
        }
    }

    /// The rows to make.
    pub(crate) fn window(&self) -> Window {
        let seen = self.seen();
        let first = seen.first.saturating_sub(BEYOND);
        // Whole steps of a few rows: a slow scroll does not remake the list at every pixel.
        let first = first - first % 4;
        let end = (seen.first + seen.len + BEYOND).next_multiple_of(4);
        Window {
            first,
            len: end.min(self.total) - first,
        }
    }

    /// Empty height above the rows made.
    pub(crate) fn above(&self, window: Window) -> f64 {
        (window.first as f64 * self.row - (self.full_top() - self.top)).max(0.0)
    }

    /// Empty height below them.
    pub(crate) fn below(&self, window: Window) -> f64 {
        (self.table_height() - self.above(window) - window.len as f64 * self.row).max(0.0)
    }

    /// Where to scroll so that a row can be seen; `None` if it can be.
    pub(crate) fn top_for(&self, row: u64) -> Option<f64> {
        let at = row as f64 * self.row;
        let top = self.full_top();
        let wanted = if at < top {
            at
        } else if at + self.row > top + self.height {
            at + self.row - self.height
        } else {
            return None;
        };
        Some(wanted / self.stretch())
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_HEIGHT, Port, ROW, Window};

    fn port(top: f64, total: u64) -> Port {
        Port {
            top,
            height: 560.0,
            row: ROW,
            total,
        }
    }

    #[test]
    fn rows_around_the_screen_are_made() {
        assert_eq!(port(0.0, 1_123).window(), Window { first: 0, len: 32 });
        let scrolled = port(2_800.0, 1_123);
        assert_eq!(
            scrolled.seen(),
            Window {
                first: 100,
                len: 20
            }
        );
        assert_eq!(
            scrolled.in_sight(),
            Window {
                first: 100,
                len: 22
            }
        );
        assert_eq!(scrolled.window().first, 88);
        assert!((scrolled.above(scrolled.window()) - 88.0 * ROW).abs() < 1e-6);
        assert_eq!(port(0.0, 3).window(), Window { first: 0, len: 3 });
    }

    #[test]
    fn the_last_of_a_million_rows_can_be_reached() {
        for total in [1_000_000, 40_000_000] {
            let end = port(port(0.0, total).table_height() - 560.0, total);
            assert!(end.table_height() <= MAX_HEIGHT);
            let window = end.window();
            assert_eq!(window.first + window.len, total);
            let seen = end.seen();
            assert!(seen.first + seen.len + 1 >= total, "{seen:?}");
            let in_sight = end.in_sight();
            assert_eq!(in_sight.first + in_sight.len, total);
            let height = end.above(window) + window.len as f64 * ROW;
            assert!(
                height >= end.top + 560.0 - ROW,
                "the rows stand where the screen is"
            );
        }
    }

    #[test]
    fn a_row_out_of_sight_is_scrolled_to_by_as_little_as_needed() {
        let port = port(2_800.0, 1_123);
        assert_eq!(port.top_for(105), None);
        assert_eq!(port.top_for(50), Some(1_400.0));
        assert_eq!(port.top_for(120), Some(2_828.0));
    }
}
