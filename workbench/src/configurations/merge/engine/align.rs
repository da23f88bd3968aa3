//! Which items of two or three lists are the same ones, by meaning and place.

use std::{collections::HashMap, hash::Hash, ops::Range};

/// Comparisons for an exact alignment; longer stretches are aligned by what is unique in them.
const MAX_CELLS: usize = 1 << 22;

/// Pairs `(a, b)` of equal items in rising order: a longest common subsequence, or near it where lists are long.
pub(super) fn align<T: Eq + Hash>(a: &[T], b: &[T]) -> Vec<(usize, usize)> {
    let same = |(x, y): &(&T, &T)| x == y;
    let head = a.iter().zip(b).take_while(same).count();
    let (a_rest, b_rest) = (&a[head..], &b[head..]);
    let tail = a_rest
        .iter()
        .rev()
        .zip(b_rest.iter().rev())
        .take_while(same)
        .count();
    let a_mid = &a_rest[..a_rest.len() - tail];
    let b_mid = &b_rest[..b_rest.len() - tail];
    let mut pairs: Vec<_> = (0..head).map(|at| (at, at)).collect();
    let middle = if a_mid.len().saturating_mul(b_mid.len()) <= MAX_CELLS {
        exact(a_mid, b_mid)
    } else {
        by_unique(a_mid, b_mid)
    };
    pairs.extend(middle.into_iter().map(|(x, y)| (x + head, y + head)));
    let (a_tail, b_tail) = (a.len() - tail, b.len() - tail);
    pairs.extend((0..tail).map(|at| (a_tail + at, b_tail + at)));
    pairs
}

fn exact<T: Eq>(a: &[T], b: &[T]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    let mut best = vec![0_u32; (a.len() + 1) * width];
    for x in (0..a.len()).rev() {
        for y in (0..b.len()).rev() {
            best[x * width + y] = if a[x] == b[y] {
                best[(x + 1) * width + y + 1] + 1
            } else {
                best[(x + 1) * width + y].max(best[x * width + y + 1])
            };
        }
    }
    let (mut x, mut y, mut pairs) = (0, 0, Vec::new());
    while x < a.len() && y < b.len() {
        if a[x] == b[y] {
            pairs.push((x, y));
            (x, y) = (x + 1, y + 1);
        } else if best[(x + 1) * width + y] >= best[x * width + y + 1] {
            x += 1;
        } else {
            y += 1;
        }
    }
    pairs
}

fn by_unique<T: Eq + Hash>(a: &[T], b: &[T]) -> Vec<(usize, usize)> {
    fn places<T: Eq + Hash>(items: &[T]) -> HashMap<&T, Option<usize>> {
        let mut places = HashMap::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let place = places.entry(item).or_insert(Some(at));
            if *place != Some(at) {
                *place = None;
            }
        }
        places
    }
    let (in_a, in_b) = (places(a), places(b));
    let mut pairs: Vec<_> = in_a
        .iter()
        .filter_map(|(item, x)| Some(((*x)?, in_b.get(item).copied().flatten()?)))
        .collect();
    pairs.sort_unstable();
    let ends: Vec<_> = pairs.iter().map(|(_, y)| *y).collect();
    let kept = rising(&ends);
    kept.into_iter().map(|at| pairs[at]).collect()
}

/// The places of a longest rising subsequence; what is not in it has moved.
pub(super) fn rising(values: &[usize]) -> Vec<usize> {
    let mut tops: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        let pile = tops.partition_point(|top| values[*top] < *value);
        before.push(pile.checked_sub(1).map(|pile| tops[pile]));
        if pile == tops.len() {
            tops.push(at);
        } else {
            tops[pile] = at;
        }
    }
    let mut chain = Vec::new();
    let mut next = tops.last().copied();
    while let Some(at) = next {
        chain.push(at);
        next = before[at];
    }
    chain.reverse();
    chain
}

/// A stretch of three lists: one item that is the same in all, or what stands between two such.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stretch {
    Same(usize, usize, usize),
    Differs(Range<usize>, Range<usize>, Range<usize>),
}

/// Cuts three lists at the items that are the same in all of them.
pub(super) fn cut<T: Eq + Hash>(base: &[T], mine: &[T], theirs: &[T]) -> Vec<Stretch> {
    let in_theirs: HashMap<usize, usize> = align(base, theirs).into_iter().collect();
    let mut stretches = Vec::new();
    let (mut b, mut m, mut t) = (0, 0, 0);
    let differs = |b: Range<usize>, m: Range<usize>, t: Range<usize>, out: &mut Vec<_>| {
        if !(b.is_empty() && m.is_empty() && t.is_empty()) {
            out.push(Stretch::Differs(b, m, t));
        }
    };
    for (in_base, in_mine) in align(base, mine) {
        if let Some(in_theirs) = in_theirs.get(&in_base).copied() {
            differs(b..in_base, m..in_mine, t..in_theirs, &mut stretches);
            stretches.push(Stretch::Same(in_base, in_mine, in_theirs));
            (b, m, t) = (in_base + 1, in_mine + 1, in_theirs + 1);
        }
    }
    differs(
        b..base.len(),
        m..mine.len(),
        t..theirs.len(),
        &mut stretches,
    );
    stretches
}
