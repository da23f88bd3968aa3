//! Flat entities as fields: what is one, and that writing a field changes nothing else.

use workbench::configurations::merge::{FieldError, FieldValue, Format, forms, set_field, value};

const YAML: &str = "\
# the trial
version: '1.0'   # quoted
active: yes
clinic:   # where
  # on ward 2
  beds: 4
  name: Eye clinic # plain
  open: true
rooms: [1, 2]
nested:
  inner: {a: 1}
empty:
  nothing:
";
const TOML: &str = "title = 'A'\r\n[clinic]\r\nbeds = 4 # on ward 2\r\nname = \"Eye\"\r\n[clinic2.deep]\r\nx = 1\r\n";
const JSON: &str = "{\"clinic\": {\"beds\": 4, \"name\": \"Eye\"},\n \"n\": 1.5}\n";

fn names(format: Format, text: &str) -> Vec<(String, Vec<String>)> {
    let all = forms(format, text).unwrap().into_iter();
    all.map(|form| {
        let fields = form.fields.into_iter().map(|field| field.name).collect();
        (form.entity, fields)
    })
    .collect()
}

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.into())
}

fn number(text: &str) -> FieldValue {
    FieldValue::Number(text.into())
}

#[test]
fn mappings_of_plain_values_are_forms_and_others_are_not() {
    let form = |entity: &str, fields: &[&str]| {
        let fields = fields.iter().map(|name| (*name).to_owned()).collect();
        (entity.to_owned(), fields)
    };
    let expected = [
        form("", &["version", "active"]),
        form("clinic", &["beds", "name", "open"]),
    ];
    assert_eq!(names(Format::Yaml, YAML), expected);
    assert_eq!(
        names(Format::Toml, TOML),
        [form("", &["title"]), form("clinic", &["beds", "name"])]
    );
    assert_eq!(
        names(Format::Json, JSON),
        [form("", &["n"]), form("clinic", &["beds", "name"])]
    );
    for none in [
        "a: 1\n---\nb: 2\n",
        "- 1\n- 2\n",
        "",
        "a: &x 1\nb: *x\nc: |\n  long\n",
    ] {
        let shown = names(Format::Yaml, none);
        assert!(shown.is_empty(), "{none:?}: {shown:?}");
    }
    assert!(forms(Format::Yaml, "a: [").is_err());
}

#[test]
fn only_the_characters_of_the_value_change() {
    let cases = [
        (
            Format::Yaml,
            YAML,
            "clinic",
            "beds",
            number("12"),
            "beds: 4\n",
            "beds: 12\n",
        ),
        (
            Format::Yaml,
            YAML,
            "clinic",
            "name",
            text("Ward"),
            "Eye clinic # plain",
            "Ward # plain",
        ),
        (
            Format::Yaml,
            YAML,
            "clinic",
            "name",
            text("a: b #c"),
            "Eye clinic # plain",
            "\"a: b #c\" # plain",
        ),
        (
            Format::Yaml,
            YAML,
            "clinic",
            "name",
            text("42"),
            "Eye clinic # plain",
            "\"42\" # plain",
        ),
        (
            Format::Yaml,
            YAML,
            "clinic",
            "open",
            FieldValue::Switch(false),
            "open: true",
            "open: false",
        ),
        (
            Format::Yaml,
            YAML,
            "",
            "version",
            text("it's"),
            "'1.0'   # quoted",
            "'it''s'   # quoted",
        ),
        (
            Format::Toml,
            TOML,
            "clinic",
            "beds",
            number("5"),
            "beds = 4 #",
            "beds = 5 #",
        ),
        (
            Format::Toml,
            TOML,
            "clinic",
            "name",
            text("a\"b"),
            "\"Eye\"",
            "\"a\\\"b\"",
        ),
        (Format::Toml, TOML, "", "title", text("B"), "'A'", "'B'"),
        (
            Format::Toml,
            TOML,
            "",
            "title",
            text("it's"),
            "'A'",
            "\"it's\"",
        ),
        (Format::Json, JSON, "", "n", number("2.25"), "1.5", "2.25"),
        (
            Format::Json,
            JSON,
            "clinic",
            "name",
            text("ä\\"),
            "\"Eye\"",
            "\"ä\\\\\"",
        ),
    ];
    for (format, whole, entity, name, new, before, after) in cases {
        assert!(whole.contains(before), "{before}");
        let changed = set_field(format, whole, entity, name, &new);
        assert_eq!(
            changed,
            Ok(whole.replacen(before, after, 1)),
            "{entity} {name} {new:?}"
        );
    }
    let marked = format!("\u{feff}{JSON}");
    let changed = set_field(Format::Json, &marked, "", "n", &number("3")).unwrap();
    assert_eq!(changed, marked.replacen("1.5", "3", 1));
}

#[test]
fn what_is_no_value_of_the_field_is_refused() {
    let set = |entity, name, new: &FieldValue| set_field(Format::Yaml, YAML, entity, name, new);
    for (entity, name, new) in [
        ("clinic", "beds", text("four")),
        ("clinic", "doctors", number("1")),
        ("rooms", "0", number("1")),
        ("nested", "inner", text("x")),
        ("clinic2", "beds", number("1")),
    ] {
        assert_eq!(
            set(entity, name, &new),
            Err(FieldError::Missing),
            "{entity} {name}"
        );
    }
    for wrong in ["", "four", "1 # no", "1\nx: 2", "[1]", "NaN", "true"] {
        assert_eq!(
            set("clinic", "beds", &number(wrong)),
            Err(FieldError::Unfit),
            "{wrong:?}"
        );
    }
    assert_eq!(set("clinic", "name", &text("a\nb")), Err(FieldError::Unfit));
    assert!(matches!(
        set_field(Format::Json, "{", "", "n", &number("1")),
        Err(FieldError::Text(_))
    ));
}

#[test]
fn whatever_text_is_written_is_read_as_that_text() {
    let texts = [
        "",
        " ",
        "no",
        "null",
        "~",
        "- a",
        "a: b",
        "#",
        "'",
        "\"",
        "\\",
        "*x",
        "&x",
        "!t",
        "%",
        "@",
        "2026-01-01",
        "0x1F",
        "1e3",
        ".5",
        "ö",
        "a  #b",
        "{",
        "[",
        "|",
        ">",
        "?",
        "--- x",
        "\t",
    ];
    for new in texts {
        for (format, whole) in [
            (Format::Yaml, YAML),
            (Format::Toml, TOML),
            (Format::Json, JSON),
        ] {
            let changed = set_field(format, whole, "clinic", "name", &text(new)).unwrap();
            let means = value(format, &changed).unwrap();
            assert_eq!(means["clinic"]["name"], new, "{format:?} {changed}");
        }
    }
}
