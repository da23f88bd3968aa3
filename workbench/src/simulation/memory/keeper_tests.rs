#![expect(clippy::unwrap_used, reason = "a test may panic")]

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};

use holdfast::Scope;

use super::*;
use crate::simulation::{MemoryReport, Suggestion, memory::weigh};

const KB: u64 = 1000;

fn tables(rows: u64) -> Arc<Tables> {
    let rows = usize::try_from(rows).unwrap();
    let column: ArrayRef = Arc::new(UInt32Array::from(vec![7_u32; rows]));
    Arc::new(Tables {
        patients: vec![RecordBatch::try_from_iter([("n", column)]).unwrap()],
        visits: Vec::new(),
    })
}

fn owner(is_pinned: bool) -> Owner {
    Owner {
        scope: Scope::Shared,
        name: "a run".into(),
        is_pinned,
    }
}

/// A keeper at a time that is moved by hand.
struct Bench {
    keeper: Keeper,
    now: Timestamp,
}

impl Bench {
    fn new(budget: u64) -> Self {
        let keeper = Keeper::new(budget);
        let now = Timestamp(1_000_000_000);
        Self { keeper, now }
    }

    /// Asks, and loads if it is not there: the result, and whether it had to be loaded.
    fn get(&self, id: &str, bytes: u64, is_pinned: bool) -> (Arc<Tables>, bool) {
        match self.keeper.look(id, &owner(is_pinned), self.now) {
            Look::Here(tables) => (tables, false),
            Look::Missing(_) => {
                let room = self.keeper.expect(id, bytes, self.now);
                let tables = tables(bytes / 4);
                let took = Duration::from_millis(40);
                let bytes = weigh(&tables);
                self.keeper.put(id, &tables, bytes, took, room, self.now);
                (tables, true)
            }
        }
    }

    fn report(&self) -> MemoryReport {
        self.keeper.report(None, self.now)
    }
}

#[test]
fn the_longest_unused_leaves_first_and_what_is_pinned_or_open_stays() {
    let b = Bench::new(30 * KB);
    drop(b.get("pinned", 10 * KB, true));
    let open = b.get("open", 10 * KB, false).0;
    drop(b.get("old", 10 * KB, false));
    drop(b.get("new", 10 * KB, false));
    assert_eq!(b.report().held, 30 * KB);
    assert!(!b.get("pinned", 10 * KB, true).1);
    assert!(!b.get("open", 10 * KB, false).1);
    assert!(!b.get("new", 10 * KB, false).1);
    assert!(b.get("old", 10 * KB, false).1, "it was the longest unused");
    let report = b.report();
    assert_eq!((report.evictions, report.staying), (2, 20 * KB));
    drop(open);
}

#[test]
fn what_does_not_fit_is_served_shared_while_it_is_open_and_then_gone() {
    let b = Bench::new(30 * KB);
    drop(b.get("small", 10 * KB, false));
    let (large, _) = b.get("large", 40 * KB, false);
    let report = b.report();
    assert_eq!((report.held, report.beside), (10 * KB, 40 * KB));
    assert_eq!(
        (report.evictions, report.events),
        (0, 1),
        "nobody had to leave for it"
    );
    assert!(!b.get("large", 40 * KB, false).1, "somebody has it");
    drop(large);
    assert_eq!(b.report().beside, 0);
    assert!(b.get("large", 40 * KB, false).1);
}

#[test]
fn pins_that_fill_the_budget_raise_one_event_and_leave_others_without_room() {
    let b = Bench::new(30 * KB);
    drop(b.get("one", 14 * KB, true));
    drop(b.get("two", 14 * KB, true));
    drop(b.get("one", 14 * KB, true));
    assert_eq!(b.report().events, 1);
    drop(b.get("other", 10 * KB, false));
    let report = b.report();
    assert_eq!(report.held, 28 * KB);
    b.keeper.changed("one", "one", false);
    drop(b.get("other", 10 * KB, false));
    assert_eq!(b.report().held, 24 * KB, "what was unpinned can leave");
}

#[test]
fn advice_follows_from_what_was_counted() {
    let mut b = Bench::new(200_000 * KB);
    drop(b.get("a", 110_000 * KB, false));
    for _ in 0..3 {
        b.now = Timestamp(b.now.0 + 60_000);
        drop(b.get("b", 110_000 * KB, false));
        drop(b.get("a", 110_000 * KB, false));
    }
    let report = b.report();
    assert_eq!((report.hits, report.misses, report.events), (0, 7, 1));
    assert_eq!(report.median_load_ms, Some(40));
    let raise = &report.suggestions[0];
    // 220 MB were read lately: four steps of 64 MiB.
    assert_eq!(
        *raise,
        Suggestion::Raise {
            to: 4 << 26,
            again: 5
        }
    );
    let pin = |id: &str, loads| Suggestion::Pin {
        id: id.into(),
        name: "a run".into(),
        loads,
    };
    assert_eq!(report.suggestions[1..], [pin("a", 4), pin("b", 3)]);

    b.keeper.changed("a", "kept", true);
    let report = b.report();
    assert!(
        !report
            .suggestions
            .iter()
            .any(|it| matches!(it, Suggestion::Pin { .. })),
        "both do not fit"
    );
    b.now = Timestamp(b.now.0 + 25 * 3_600_000);
    let unpin = Suggestion::Unpin {
        id: "a".into(),
        name: "kept".into(),
        bytes: 110_000 * KB,
    };
    assert_eq!(b.report().suggestions, [unpin]);
}

#[test]
fn a_deleted_run_is_forgotten_and_a_smaller_budget_holds_at_once() {
    let b = Bench::new(30 * KB);
    drop(b.get("a", 10 * KB, false));
    drop(b.get("b", 10 * KB, false));
    b.keeper.forget("a");
    assert_eq!((b.report().held, b.report().items.len()), (10 * KB, 1));
    b.keeper.set_budget(5 * KB, b.now);
    assert_eq!(b.report().held, 0);
}
