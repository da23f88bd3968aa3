//! The order of entries that are known by a key: each side's moves and additions keep their neighbours. The result is
//! the same whichever side is called mine.

use std::collections::{HashMap, HashSet};

use super::align::rising;

/// Entries in the merged order, each by its place in base, mine and theirs.
pub(super) struct Order {
    pub places: Vec<[Option<usize>; 3]>,
    /// Keys (by place in base) that one side moved, with that side.
    pub moved: Vec<(usize, usize)>,
    /// Both moved the same entries to different places.
    pub is_contested: bool,
}

type Places<'k> = HashMap<&'k str, usize>;

fn places<'k>(keys: &[&'k str]) -> Places<'k> {
    keys.iter()
        .enumerate()
        .map(|(at, key)| (*key, at))
        .collect()
}

/// Orders the keys that mine or theirs has.
pub(super) fn order<'k>(base: &[&'k str], mine: &[&'k str], theirs: &[&'k str]) -> Order {
    let maps = [places(base), places(mine), places(theirs)];
    let [in_base, in_mine, in_theirs] = &maps;
    let is_common = |key: &&&str| maps.iter().all(|map| map.contains_key(**key));
    let common_in =
        |keys: &[&'k str]| -> Vec<&'k str> { keys.iter().filter(is_common).copied().collect() };
    let (common_mine, common_theirs) = (common_in(mine), common_in(theirs));
    let moved_mine = moved(&common_mine, in_base);
    let moved_theirs = moved(&common_theirs, in_base);
    let is_agreed = common_mine == common_theirs;
    let fixed: Vec<&str> = if is_agreed {
        common_mine
    } else {
        let stays = |key: &&str| !moved_mine.contains(key) && !moved_theirs.contains(key);
        common_in(base).into_iter().filter(stays).collect()
    };
    let fixed_places = places(&fixed);
    let slots_mine = slots(mine, &fixed_places, |key| {
        !in_theirs.contains_key(key) || !in_base.contains_key(key) || moved_mine.contains(key)
    });
    let slots_theirs = slots(theirs, &fixed_places, |key| {
        !in_mine.contains_key(key) || !in_base.contains_key(key) || moved_theirs.contains(key)
    });
    let merged = weave(&fixed, slots_mine, slots_theirs);
    let at = |key: &str| [0, 1, 2].map(|side: usize| maps[side].get(key).copied());
    let by_one = |set: &HashSet<&str>, other: &HashSet<&str>, side| -> Vec<(usize, usize)> {
        set.iter()
            .filter(|key| !other.contains(*key))
            .map(|key| (in_base[*key], side))
            .collect()
    };
    let mut moves = by_one(&moved_mine, &moved_theirs, 1);
    moves.extend(by_one(&moved_theirs, &moved_mine, 2));
    moves.sort_unstable();
    Order {
        places: merged.into_iter().map(at).collect(),
        moved: moves,
        is_contested: !is_agreed && moved_mine.iter().any(|key| moved_theirs.contains(key)),
    }
}

/// The keys that do not keep their order in base.
fn moved<'k>(keys: &[&'k str], in_base: &Places<'k>) -> HashSet<&'k str> {
    let order: Vec<usize> = keys.iter().map(|key| in_base[key]).collect();
    let kept: HashSet<usize> = rising(&order).into_iter().collect();
    let is_moved = |(at, _): &(usize, &&str)| !kept.contains(at);
    let all = keys.iter().enumerate();
    all.filter(is_moved).map(|(_, key)| *key).collect()
}

/// Keys to be placed, by how many fixed keys stand before them on their side.
fn slots<'k>(
    keys: &[&'k str],
    fixed: &Places<'k>,
    is_placed: impl Fn(&str) -> bool,
) -> HashMap<usize, Vec<&'k str>> {
    let mut slots: HashMap<usize, Vec<&str>> = HashMap::new();
    let mut slot = 0;
    for key in keys {
        if let Some(at) = fixed.get(key) {
            slot = at + 1;
        } else if is_placed(key) {
            slots.entry(slot).or_default().push(key);
        }
    }
    slots
}

fn weave<'k>(
    fixed: &[&'k str],
    mut mine: HashMap<usize, Vec<&'k str>>,
    mut theirs: HashMap<usize, Vec<&'k str>>,
) -> Vec<&'k str> {
    let mut merged = Vec::new();
    let mut seen = HashSet::new();
    for slot in 0..=fixed.len() {
        let own = mine.remove(&slot).unwrap_or_default();
        let other = theirs.remove(&slot).unwrap_or_default();
        for key in both(&own, &other) {
            if seen.insert(key) {
                merged.push(key);
            }
        }
        merged.extend(fixed.get(slot));
    }
    merged
}

/// Two runs at one place: cut where they share a key; between, the one that begins with the smaller key comes first.
fn both<'k>(a: &[&'k str], b: &[&'k str]) -> Vec<&'k str> {
    let in_b = places(b);
    let mut merged = Vec::new();
    let mut add = |x: &[&'k str], y: &[&'k str]| {
        let (first, second) = if x.first() <= y.first() {
            (x, y)
        } else {
            (y, x)
        };
        merged.extend_from_slice(first);
        merged.extend_from_slice(second);
    };
    let (mut from_a, mut from_b) = (0, 0);
    for (at, key) in a.iter().enumerate() {
        let shared = in_b.get(key).copied().filter(|place| *place >= from_b);
        if let Some(place) = shared {
            add(&a[from_a..at], &b[from_b..place]);
            add(&a[at..=at], &[]);
            (from_a, from_b) = (at + 1, place + 1);
        }
    }
    add(&a[from_a..], &b[from_b..]);
    merged
}
