//! Random configuration files: one random value written in a random style, with comments, in each format; and random
//! edits of the value.

use proptest::prelude::*;
use workbench::configurations::merge::Format;

/// A value as a tree. Every entry has a number that names its comment.
#[derive(Debug, Clone)]
pub enum Value {
    Text(String),
    Number(i64),
    Flag(bool),
    Mapping(Vec<(String, Value)>),
    List(Vec<Value>),
}

/// How a file is written.
#[derive(Debug, Clone)]
pub struct Style {
    pub has_comments: bool,
    /// Spaces of one level.
    pub indent: usize,
    /// Which entries have a comment before or behind them, by a hash of their path.
    pub comments: u64,
    /// Which containers stand between brackets.
    pub brackets: u64,
    /// Which texts have which quotes.
    pub quotes: u64,
}

const WORDS: [&str; 9] = [
    "alpha",
    "beta",
    "größe",
    "yes",
    "a b",
    "x#y",
    "28",
    "名前",
    "two\n\n  lines # here\n",
];
const KEYS: [&str; 10] = [
    "id", "name", "a", "b", "c", "d", "e", "rooms", "limit", "größe",
];

pub fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        prop::sample::select(&WORDS[..]).prop_map(|word| Value::Text(word.to_owned())),
        (-5_i64..200).prop_map(Value::Number),
        any::<bool>().prop_map(Value::Flag),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            entries(inner).prop_map(Value::Mapping),
        ]
    })
}

fn entries(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Vec<(String, Value)>> {
    let keys = prop::sample::subsequence(KEYS.to_vec(), 0..6).prop_shuffle();
    (keys, prop::collection::vec(inner, 6))
        .prop_map(|(keys, values)| keys.into_iter().map(str::to_owned).zip(values).collect())
}

/// A file's value: a mapping, as configurations are.
pub fn file() -> impl Strategy<Value = Value> {
    entries(value()).prop_map(Value::Mapping)
}

pub fn style() -> impl Strategy<Value = Style> {
    (1_usize..3, any::<u64>(), any::<u64>(), any::<u64>()).prop_map(
        |(half, comments, brackets, quotes)| Style {
            has_comments: true,
            indent: half * 2,
            comments,
            brackets,
            quotes,
        },
    )
}

/// One edit: at the n-th place (counted through the tree), what is done.
#[derive(Debug, Clone)]
pub enum Edit {
    Set(usize, Value),
    Remove(usize),
    Add(usize, String, Value),
    Move(usize),
}

pub fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let key = prop::sample::select(vec!["new", "other", "id", "z"]);
    let edit = prop_oneof![
        (0_usize..30, value()).prop_map(|(at, value)| Edit::Set(at, value)),
        (0_usize..30).prop_map(Edit::Remove),
        (0_usize..30, key, value()).prop_map(|(at, key, value)| Edit::Add(
            at,
            key.to_owned(),
            value
        )),
        (0_usize..30).prop_map(Edit::Move),
    ];
    prop::collection::vec(edit, 0..4)
}

pub fn apply(value: &mut Value, edits: &[Edit]) {
    for edit in edits {
        let mut left = match edit {
            Edit::Set(at, _) | Edit::Remove(at) | Edit::Add(at, ..) | Edit::Move(at) => *at,
        };
        change(value, edit, &mut left);
    }
}

/// Walks to the place and edits there; `left` counts the places still to pass.
fn change(value: &mut Value, edit: &Edit, left: &mut usize) -> bool {
    if *left == 0
        && let Edit::Add(_, key, new) = edit
    {
        match value {
            Value::Mapping(entries) if entries.iter().all(|(known, _)| known != key) => {
                entries.push((key.clone(), new.clone()));
                return true;
            }
            Value::List(items) => {
                items.push(new.clone());
                return true;
            }
            _ => {}
        }
    }
    let count = match value {
        Value::Mapping(entries) => entries.len(),
        Value::List(items) => items.len(),
        _ => 0,
    };
    for at in 0..count {
        if *left == 0 {
            match (edit, &mut *value) {
                (Edit::Set(_, new), Value::Mapping(entries)) => entries[at].1 = new.clone(),
                (Edit::Set(_, new), Value::List(items)) => items[at] = new.clone(),
                (Edit::Remove(_), Value::Mapping(entries)) => drop(entries.remove(at)),
                (Edit::Remove(_), Value::List(items)) => drop(items.remove(at)),
                (Edit::Move(_), Value::Mapping(entries)) => entries.rotate_left(at),
                (Edit::Move(_), Value::List(items)) => items.rotate_left(at),
                _ => return false,
            }
            return true;
        }
        *left -= 1;
        let child = match value {
            Value::Mapping(entries) => &mut entries[at].1,
            Value::List(items) => &mut items[at],
            _ => return false,
        };
        if change(child, edit, left) {
            return true;
        }
    }
    false
}

pub fn write(format: Format, value: &Value, style: &Style) -> String {
    let mut writer = super::writers::Writer::new(format, style);
    writer.file(value);
    writer.out
}
