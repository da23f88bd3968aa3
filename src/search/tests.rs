//! What filters, words, orders and cursors mean, apart from any backend.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Cursor, Filter, Sort, Total, sort::Key, words};
use crate::{Digest, Kind, Revision, Scope, State, StateId, Status, Timestamp, Version};

fn state(data: Value) -> State {
    State {
        id: StateId::new("query.filters"),
        kind: Kind::STORE,
        name: "Die Grüße".into(),
        status: Status::ACTIVE,
        data,
        metadata: json!({"tags": ["trial", "2026"], "created_by": "ada"}),
        version: Version(3),
        schema_version: 1,
        scope: Scope::Shared,
        created_at: Timestamp(1_000),
        updated_at: Timestamp(2_000),
        expires_at: None,
        digest: Digest::default(),
        removed: None,
    }
}

fn holds(filter: &str, state: &State) -> bool {
    filter.parse::<Filter>().unwrap().matches(state)
}

#[test]
fn a_filter_holds_as_its_documentation_says() {
    let state = state(json!({
        "age": 50, "half": 0.5, "big": 9_007_199_254_740_993_u64, "text": "50", "note": "an Ärger x",
        "sites": [{"code": "a"}, {"code": "b", "open": true}], "nothing": null, "empty": [], "object": {"deep": {"er": 1}},
        "a.b": 1, "nested": [[1, 2], [3]],
    }));
    let true_ones = [
        "data.age = 50",
        "data.age = 50.0",
        "data.age = 5e1",
        "data.age >= 50",
        "data.age <= 50",
        "data.age > 49.5",
        "data.half < 1",
        "data.big = 9007199254740993",
        "data.big > 9007199254740992",
        "data.text = \"50\"",
        "data.text < \"6\"",
        "data.age != \"50\"",
        "data.missing != 1",
        "data.note contains \"Ärger\"",
        "data.note prefix \"an \"",
        "data.sites.code = \"a\"",
        "data.sites.code in [\"z\", \"b\"]",
        "data.sites.open = true",
        "data.nothing = null",
        "exists data.nothing",
        "exists data.empty",
        "exists data.object.deep",
        "exists data.sites.open",
        "data.\"a.b\" = 1",
        "data.nested = 3",
        "metadata.tags = \"trial\"",
        "metadata.tags contains \"ri\"",
        "kind = \"store\"",
        "status in [\"active\"]",
        "id prefix \"query.\"",
        "name = \"Die Grüße\"",
        "version >= 3",
        "created_at < 2000",
        "updated_at = 2000",
        "exists name",
        "  data.age>=50  ",
        "data.age in [1, 50]",
        "exists data",
    ];
    let false_ones = [
        "data.age = \"50\"",
        "data.age > 50",
        "data.text >= 50",
        "data.text > 49",
        "data.big = 9007199254740992",
        "data.note contains \"ärger\"",
        "data.note prefix \"Ä\"",
        "data.object = 1",
        "data.object.deep = 1",
        "data.empty = null",
        "data.missing = null",
        "exists data.missing",
        "exists expires_at",
        "expires_at > 0",
        "data.sites = \"a\"",
        "data.a.b = 1",
        "data.nothing < 1",
        "data.sites.open contains \"t\"",
        "data.age != 50",
        "metadata.tags != \"trial\"",
        "exists data.sites.0",
        "kind = \"Store\"",
        "data.nested.x = 1",
    ];
    for filter in true_ones {
        assert!(holds(filter, &state), "{filter}");
    }
    for filter in false_ones {
        assert!(!holds(filter, &state), "{filter}");
    }
}

#[test]
fn what_is_open_beside_encrypted_fields_is_seen_and_they_are_not() {
    let envelope =
        json!({"key": "default/1", "fields": ["/card/number", "/list/1"], "text": "abc"});
    let partly = state(json!({
        "$sealed": envelope, "name": "Ada Lovelace", "card": {"number": null, "bank": "sea"},
        "list": ["one", null, "three", null], "inner": {"$sealed": {"fields": []}, "x": 1},
    }));
    for filter in [
        "data.name contains \"Love\"",
        "data.card.bank = \"sea\"",
        "data.list = null",
        "data.card.number != null",
        "exists data.card",
        "exists data",
    ] {
        assert!(holds(filter, &partly), "{filter}");
    }
    for filter in [
        "exists data.card.number",
        "data.card.number = null",
        "exists data.\"$sealed\"",
        "data.\"$sealed\".key = \"default/1\"",
        "data.inner.x = 1",
    ] {
        assert!(!holds(filter, &partly), "{filter}");
    }
    let only_hidden = state(json!({"$sealed": {"fields": ["/list/0"]}, "list": [null]}));
    assert!(!holds("data.list = null", &only_hidden));
    assert!(words::Wanted::of("lovelace three").matches(&partly));
    assert!(!words::Wanted::of("abc").matches(&partly));
    for whole in [
        json!({"fields": ["", "/a"]}),
        json!({"fields": [1]}),
        json!("x"),
    ] {
        let whole = state(json!({"$sealed": whole, "a": 1, "b": 1}));
        assert!(!holds("data.b = 1", &whole) && !holds("exists data", &whole));
    }
}

#[test]
fn nothing_leads_into_what_is_encrypted() {
    let sealed = state(json!({"$sealed": "abc", "age": 1}));
    let partly =
        state(json!({"open": 1, "secret": {"$sealed": "abc"}, "list": [{"$sealed": "abc"}]}));
    for filter in [
        "exists data",
        "data.age = 1",
        "exists data.age",
        "data.\"$sealed\" = \"abc\"",
    ] {
        assert!(!holds(filter, &sealed), "{filter}");
    }
    for filter in [
        "exists data.secret",
        "data.secret.\"$sealed\" prefix \"a\"",
        "data.list.\"$sealed\" = \"abc\"",
    ] {
        assert!(!holds(filter, &partly), "{filter}");
    }
    assert!(holds("data.open = 1", &partly));
    assert!(
        !words::Wanted::of("abc").matches(&sealed) && !words::Wanted::of("abc").matches(&partly)
    );
}

#[test]
fn what_cannot_be_read_is_told_with_its_column() {
    let wrong = [
        ("", 1),
        ("dat.age = 1", 1),
        ("data.age", 9),
        ("data.age ~ 1", 10),
        ("data.age = ", 12),
        ("data.age = {}", 12),
        ("data.age = 1 2", 14),
        ("data. = 1", 6),
        ("name.x = 1", 7),
        ("data.x < true", 10),
        ("data.x in []", 11),
        ("data.x in [[1]]", 11),
        ("data.x prefix 1", 15),
        ("exists", 7),
        ("data.ä = [", 10),
        ("data.\"a = 1", 6),
        ("data.x = 1e999", 10),
    ];
    for (filter, column) in wrong {
        let misread = filter.parse::<Filter>().unwrap_err();
        assert_eq!(misread.column, column, "{filter}: {misread}");
    }
    for order in ["", "-", "nothing", "name desc", "data..x"] {
        assert!(order.parse::<Sort>().is_err(), "{order}");
    }
    for cursor in ["", "zz", "7b7d", "0", "\u{e9}"] {
        assert!(cursor.parse::<Cursor>().is_err(), "{cursor}");
    }
}

fn words_of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    words::each(text, &mut |word| found.push(word.to_owned()));
    found
}

#[test]
fn a_word_is_letters_and_digits_without_case_and_accents() {
    let cases: [(&str, &[&str]); 9] = [
        ("Die GRÜSSE, grüße!", &["die", "grusse", "grusse"]),
        ("e-mail: a_b@c.de", &["e", "mail", "a", "b", "c", "de"]),
        (
            "Cafe\u{301} cafÉ ÆØÅ Łódź ſ İ",
            &["cafe", "cafe", "aeoa", "lodz", "s", "i"],
        ),
        ("ΟΔΟΣ οδός ὁδός", &["οδοσ", "οδόσ", "ὁδόσ"]),
        ("МОСКВА", &["москва"]),
        ("東京tower 3", &["東", "京", "tower", "3"]),
        ("カタカナ", &["カ", "タ", "カ", "ナ"]),
        ("--- \u{0} \u{301}", &[]),
        ("x2 ²", &["x2", "²"]),
    ];
    for (text, expected) in cases {
        assert_eq!(words_of(text), expected, "{text}");
    }
}

#[test]
fn all_words_must_be_there_and_the_last_may_be_a_beginning() {
    let state =
        state(json!({"note": "Blood pressure", "deep": [{"x": "measured twice"}], "n": 42}));
    for text in [
        "",
        "...",
        "blood",
        "PRESSURE blood",
        "blood pres",
        "twice gruss",
        "trial ada",
        "blood meas",
        "blood a",
    ] {
        // The last one: `a` is too short to stand for `ada`.
        let is_found = words::Wanted::of(text).matches(&state);
        assert_eq!(is_found, text != "blood a", "{text}");
    }
    for text in ["bloo pressure", "note", "42", "pressured", "store", "x"] {
        assert!(!words::Wanted::of(text).matches(&state), "{text}");
    }
}

#[test]
fn an_order_is_total_and_what_lacks_the_field_comes_last() {
    let values = [
        json!({}),
        json!({"x": "b"}),
        json!({"x": [3, "a"]}),
        json!({"x": null}),
        json!({"x": 2.5}),
        json!({"x": true}),
    ];
    let sorted = |sort: &str| {
        let sort: Sort = sort.parse().unwrap();
        let mut keys: Vec<(Key, usize)> = Vec::new();
        for (n, data) in values.iter().enumerate() {
            keys.push((sort.key(Revision(1), &state(data.clone())), n));
        }
        keys.sort_by(|one, other| sort.compare(&one.0, &other.0));
        keys.into_iter().map(|(_, n)| n).collect::<Vec<_>>()
    };
    assert_eq!(sorted("data.x"), [3, 5, 4, 2, 1, 0]);
    assert_eq!(sorted("-data.x"), [1, 2, 4, 5, 3, 0]);
}

fn json_values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_a_reader_panic(text in any::<String>(), tail in "(exists )?[a-z.\"$\\[\\]0-9 <>=!,e-]{0,40}") {
        for text in [text.clone(), tail.clone(), format!("data.{tail}"), format!("data.x {tail}{text}"), format!("data.x in {tail}")] {
            if let Ok(filter) = text.parse::<Filter>() {
                filter.matches(&state(json!({"x": [1, "a"]})));
                prop_assert_eq!(filter.to_string().parse::<Filter>().unwrap(), filter);
            }
            let _ = text.parse::<Sort>();
            let _ = text.parse::<Cursor>();
            words::each(&text, &mut |_| {});
        }
    }

    #[test]
    fn a_filter_is_written_as_it_is_read(
        field in any::<String>(), value in json_values(), text in any::<String>(), op in 0_usize..9,
    ) {
        let path = format!("data.{}.plain", Value::from(field));
        let ordered = if matches!(value, Value::Number(_) | Value::String(_)) { value.clone() } else { json!(1) };
        let written = match op {
            0 => format!("{path} = {value}"),
            1 => format!("{path} != {value}"),
            2 => format!("{path} < {ordered}"),
            3 => format!("{path} <= {ordered}"),
            4 => format!("{path} > {ordered}"),
            5 => format!("{path} >= {ordered}"),
            6 => format!("{path} in [{value}, {ordered}]"),
            7 => format!("{path} prefix {}", Value::from(text)),
            _ => format!("exists {path}"),
        };
        let filter: Filter = written.parse().unwrap();
        prop_assert_eq!(filter.to_string().parse::<Filter>().unwrap(), filter);
    }

    #[test]
    fn a_cursor_is_given_back_as_it_was(at in any::<i64>(), id in any::<String>(), value in json_values(), print in any::<u64>()) {
        let keys = [
            Key::Place(Revision(at.unsigned_abs())),
            Key::Time(at, id.clone()),
            Key::Name(id.clone(), id.clone()),
            Key::Without(id.clone()),
            Key::Field(serde_json::from_value(value).unwrap(), id),
        ];
        for key in keys {
            let cursor = Cursor { print, key, total: Total::AtLeast(print) };
            prop_assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }
    }
}
