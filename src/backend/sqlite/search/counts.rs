//! Totals that were counted, for as long as nobody writes: people turn to the same questions again and again, and a page is found
//! in a tenth of the time in which hundreds of matches are counted.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{Timestamp, search::Total};

/// Totals that are kept, and bytes of a question whose total is: half a megabyte together.
const MOST: usize = 1024;
const QUESTION: usize = 512;

/// Totals by question. A question is a scope and an expression over its terms.
#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    /// Where the index stood when they were counted.
    head: i64,
    totals: HashMap<String, Counted>,
}

/// A total, and when the first of those that were counted ends.
#[derive(Debug, Clone, Copy)]
struct Counted {
    total: Total,
    until: Option<Timestamp>,
}

impl Counts {
    /// What was counted in an index that stands here.
    pub(super) fn find(&self, head: i64, question: &str, now: Timestamp) -> Option<Total> {
        let book = self.book();
        let counted = book.totals.get(question).filter(|_| book.head == head)?;
        let is_so = counted.until.is_none_or(|until| until > now);
        is_so.then_some(counted.total)
    }

    /// Keeps what was counted there. What was counted before somebody wrote goes.
    pub(super) fn keep(&self, head: i64, question: &str, total: Total, until: Option<Timestamp>) {
        let mut book = self.book();
        if head < book.head || question.len() > QUESTION {
            return;
        }
        if head > book.head || book.totals.len() >= MOST {
            book.totals.clear();
            book.head = head;
        }
        let counted = Counted { total, until };
        book.totals.insert(question.to_owned(), counted);
    }

    /// Lets go of all of them.
    pub(super) fn clear(&self) {
        *self.book() = Book::default();
    }

    /// A total is whole, whoever panicked while holding them.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_holds_until_somebody_writes_or_something_ends() {
        let (counts, now) = (Counts::default(), Timestamp(1000));
        counts.keep(7, "all", Total::Exact(3), None);
        counts.keep(7, "brief", Total::AtLeast(500), Some(Timestamp(1500)));
        assert_eq!(counts.find(7, "all", now), Some(Total::Exact(3)));
        assert_eq!(counts.find(7, "brief", now), Some(Total::AtLeast(500)));
        assert_eq!(counts.find(7, "brief", Timestamp(1500)), None);
        assert_eq!(counts.find(7, "other", now), None);
        assert_eq!(counts.find(8, "all", now), None);
        assert_eq!(counts.find(6, "all", now), None);
        // Who still reads an older index changes nothing; who reads a newer one begins anew.
        counts.keep(6, "all", Total::Exact(2), None);
        assert_eq!(counts.find(7, "all", now), Some(Total::Exact(3)));
        counts.keep(8, "all", Total::Exact(4), None);
        assert_eq!(counts.find(8, "all", now), Some(Total::Exact(4)));
        assert_eq!(counts.find(8, "brief", now), None);
    }

    #[test]
    fn there_are_never_many_and_no_long_ones() {
        let counts = Counts::default();
        for n in 0..3 * MOST {
            counts.keep(1, &format!("q{n}"), Total::Exact(1), None);
            assert!(counts.book().totals.len() <= MOST);
        }
        let long = "q".repeat(QUESTION + 1);
        counts.keep(1, &long, Total::Exact(1), None);
        assert_eq!(counts.find(1, &long, Timestamp(0)), None);
    }
}
