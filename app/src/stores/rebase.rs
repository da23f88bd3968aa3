//! Re-applies a local change on what the server holds by now, where the two touch different
//! fields; where they touch the same one, a person has to know.
//!
//! Objects are merged field by field, one level deep: a store's fields are its units of meaning (the
//! age range). Lists of things that have an identity (saved queries, filter cards) are merged thing by thing.

use serde_json::{Map, Value};

/// Both changes together, twice: the two differ exactly in what contradicts each other.
#[derive(Debug, PartialEq)]
pub(super) struct Rebased {
    /// What contradicts is as the server has it.
    pub(super) theirs_first: Value,
    /// What contradicts is as it is here.
    pub(super) mine_first: Value,
}

/// Who is believed where the two contradict each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Theirs,
    Mine,
}

/// `mine` and `theirs` both come from `base`. `sent` are values of this tab's own that may have reached the
/// server without an answer: what stands there of them is no other's change.
pub(super) fn rebase(base: &Value, mine: &Value, theirs: &Value, sent: &[Value]) -> Rebased {
    let sent: Vec<_> = sent.iter().map(Some).collect();
    let merge = |first| whole(base, mine, theirs, &sent, first);
    Rebased {
        theirs_first: merge(First::Theirs),
        mine_first: merge(First::Mine),
    }
}

fn whole(
    base: &Value,
    mine: &Value,
    theirs: &Value,
    sent: &[Option<&Value>],
    first: First,
) -> Value {
    let (Value::Object(before), Value::Object(here), Value::Object(there)) = (base, mine, theirs)
    else {
        let unit = unit(Some(base), Some(mine), Some(theirs), sent, first);
        return unit.unwrap_or(Value::Null);
    };
    let mut merged = Map::new();
    for field in there.keys().chain(here.keys()) {
        let sent = sent
            .iter()
            .filter_map(|sent| sent.and_then(Value::as_object));
        let sent: Vec<_> = sent.map(|sent| sent.get(field)).collect();
        let (before, here, there) = (before.get(field), here.get(field), there.get(field));
        if let Some(value) = unit(before, here, there, &sent, first) {
            merged.insert(field.clone(), value);
        }
    }
    Value::Object(merged)
}

/// One thing that has a meaning of its own, or is not there.
fn unit(
    base: Option<&Value>,
    mine: Option<&Value>,
    theirs: Option<&Value>,
    sent: &[Option<&Value>],
    first: First,
) -> Option<Value> {
    if mine == theirs {
        return theirs.cloned();
    }
    if theirs == base || sent.contains(&theirs) {
        return mine.cloned();
    }
    if mine == base {
        return theirs.cloned();
    }
    let lists = (things(base), things(mine), things(theirs));
    if let (Some(before), Some(here), Some(there)) = lists
        && is_in_order_of(&here, &before)
    {
        let sent: Vec<_> = sent.iter().filter_map(|sent| things(*sent)).collect();
        return Some(Value::Array(list(&before, &here, &there, &sent, first)));
    }
    match first {
        First::Theirs => theirs,
        First::Mine => mine,
    }
    .cloned()
}

type Things<'a> = Vec<(&'a str, &'a Value)>;

/// The things of a list under their identities, if all have one and no two the same.
fn things(list: Option<&Value>) -> Option<Things<'_>> {
    let mut things = Things::new();
    for thing in list?.as_array()? {
        let key = thing.get("id").or_else(|| thing.get("name"))?.as_str()?;
        if of(&things, key).is_some() {
            return None;
        }
        things.push((key, thing));
    }
    Some(things)
}

fn of<'a>(things: &Things<'a>, key: &str) -> Option<&'a Value> {
    let found = things.iter().find(|(known, _)| *known == key);
    found.map(|(_, thing)| *thing)
}

/// Whether what is in both stands in the same order. Another order is a change of the list as a whole.
fn is_in_order_of(here: &Things<'_>, before: &Things<'_>) -> bool {
    let shared = here.iter().filter(|(key, _)| of(before, key).is_some());
    let kept = before.iter().filter(|(key, _)| of(here, key).is_some());
    shared.map(|(key, _)| key).eq(kept.map(|(key, _)| key))
}

/// Their list with the changes made here; what is new here stands behind what it stands behind here.
fn list(
    base: &Things<'_>,
    mine: &Things<'_>,
    theirs: &Things<'_>,
    sent: &[Things<'_>],
    first: First,
) -> Vec<Value> {
    let merge = |key: &str| {
        let sent: Vec<_> = sent.iter().map(|sent| of(sent, key)).collect();
        unit(of(base, key), of(mine, key), of(theirs, key), &sent, first)
    };
    let mut order: Vec<&str> = theirs.iter().map(|(key, _)| *key).collect();
    let mut behind = None;
    for (key, _) in mine {
        if !order.contains(key) {
            let place = behind.and_then(|other| order.iter().position(|it| *it == other));
            order.insert(place.map_or(0, |place| place + 1), *key);
        }
        behind = Some(*key);
    }
    order.into_iter().filter_map(merge).collect()
}

#[cfg(test)]
#[path = "rebase_tests.rs"]
mod tests;
