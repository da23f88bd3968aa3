//! Runs in order, a page of them. Only the page is sorted: what is before and behind it is only told apart from it.

use std::cmp::Ordering;

use super::{catalogue::Entry, types::SortBy};
use crate::data::natural_order;

/// So many runs from the one at `offset` on.
pub(super) fn page(
    found: Vec<&Entry>,
    sort: SortBy,
    is_ascending: bool,
    offset: usize,
    limit: usize,
) -> Vec<&Entry> {
    let order = |a: &&Entry, b: &&Entry| compare(a, b, sort, is_ascending);
    if offset >= found.len() || limit == 0 {
        return Vec::new();
    }
    let mut rest = found;
    if offset > 0 {
        rest.select_nth_unstable_by(offset, order);
        rest = rest.split_off(offset);
    }
    if limit < rest.len() {
        rest.select_nth_unstable_by(limit, order);
        rest.truncate(limit);
    }
    rest.sort_unstable_by(order);
    rest
}

/// Total: what is equal is ordered by id. What has no size or runtime comes last.
fn compare(a: &Entry, b: &Entry, sort: SortBy, is_ascending: bool) -> Ordering {
    let directed = |order: Ordering| if is_ascending { order } else { order.reverse() };
    let last = |a: Option<u64>, b: Option<u64>| match (a, b) {
        (Some(a), Some(b)) => directed(a.cmp(&b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    let order = match sort {
        SortBy::Changed => directed(a.changed_at.cmp(&b.changed_at)),
        SortBy::Created => directed(a.row.created_at.cmp(&b.row.created_at)),
        SortBy::Name => directed(natural_order(&a.row.name, &b.row.name)),
        SortBy::Patients => directed(a.row.patients.cmp(&b.row.patients)),
        SortBy::Size => last(a.row.bytes, b.row.bytes),
        SortBy::Runtime => last(a.row.runtime_ms, b.row.runtime_ms),
    };
    order.then_with(|| directed(a.row.id.cmp(&b.row.id)))
}
