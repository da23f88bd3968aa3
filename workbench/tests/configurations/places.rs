//! Where things are said to be: conflicts and merged places with their lines, entities with theirs, and versions that
//! change exactly with the meaning.

use std::fmt::Write as _;

use workbench::configurations::merge::{Answer, Change, Format, Lines, Side, etag, merge, outline};

const BASE: &str = "\
# settings

clinic:
  # in days
  interval: 28
  visits:
    - id: a
      dose: 1
    - id: b
      dose: 2
study:
  name: x
";

#[test]
fn a_conflict_names_its_place_and_its_lines_in_every_text() {
    let mine = BASE
        .replace("dose: 2", "dose: 3")
        .replace("# settings\n", "# settings\n# mine\n");
    let theirs = BASE
        .replace("dose: 2", "dose: 4")
        .replace("study:\n", "new: 1\nstudy:\n");
    let merged = merge(Format::Yaml, BASE, &theirs, &mine).unwrap();
    let [conflict] = merged.conflicts() else {
        panic!("{:?}", merged.conflicts())
    };
    assert_eq!(conflict.path.to_string(), "clinic.visits[id=b].dose");
    assert_eq!(conflict.path.entity(), Some("clinic"));
    let at = |line| {
        Some(Lines {
            first: line,
            last: line,
        })
    };
    assert_eq!(
        (
            conflict.base.lines,
            conflict.mine.lines,
            conflict.theirs.lines
        ),
        (at(10), at(11), at(10))
    );
    assert_eq!(conflict.lines, at(11));
    assert_eq!(conflict.theirs.text, "dose: 4");
    let line = merged.draft().lines().nth(10);
    assert_eq!(line, Some("      dose: 3"));
}

#[test]
fn a_deletion_against_a_change_shows_the_whole_entry_with_its_comment() {
    let mine = BASE.replace("  # in days\n  interval: 28\n", "");
    let theirs = BASE.replace("28", "42");
    let merged = merge(Format::Yaml, BASE, &theirs, &mine).unwrap();
    let [conflict] = merged.conflicts() else {
        panic!()
    };
    assert_eq!(conflict.theirs.text, "  # in days\n  interval: 42");
    assert_eq!(conflict.theirs.lines, Some(Lines { first: 4, last: 5 }));
    assert_eq!((conflict.mine.lines, conflict.lines), (None, None));
}

#[test]
fn what_merged_by_itself_is_told_with_place_and_person() {
    let mine = BASE.replace("interval: 28", "interval: 42");
    let theirs = BASE
        .replace("name: x", "name: x # which")
        .replace("study:", "added: 1\nstudy:");
    let merged = merge(Format::Yaml, BASE, &theirs, &mine).unwrap();
    let told: Vec<_> = merged
        .merged()
        .iter()
        .map(|m| {
            (
                m.path.to_string(),
                m.from,
                m.change,
                m.lines.map(|l| l.first),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("clinic".to_owned(), Side::Mine, Change::Changed, Some(3)),
            ("added".to_owned(), Side::Theirs, Change::Added, Some(11)),
            ("study".to_owned(), Side::Theirs, Change::Comment, Some(12)),
        ]
    );
}

#[test]
fn every_entity_has_its_lines_and_its_version() {
    let before = outline(Format::Yaml, BASE).unwrap();
    let places: Vec<_> = before
        .entities
        .iter()
        .map(|e| (e.name.as_str(), e.lines.first, e.lines.last))
        .collect();
    assert_eq!(places, [("clinic", 3, 10), ("study", 11, 12)]);
    let after = outline(Format::Yaml, &BASE.replace("dose: 2", "dose: 3")).unwrap();
    assert_ne!(before.etag, after.etag);
    assert_ne!(before.entities[0].etag, after.entities[0].etag);
    assert_eq!(before.entities[1].etag, after.entities[1].etag);
}

#[test]
fn a_version_is_the_hash_of_canonical_json() {
    // printf '{"a":[1,2.5,null,true],"ä":"x"}' | sha256sum
    let expected = "eb17c3e80b02297d";
    for (format, text) in [
        (Format::Yaml, "ä: 'x' # so\na:\n- 1\n- 2.50\n- ~\n- true\n"),
        (
            Format::Json,
            "{\"\\u00e4\": \"x\",\n \"a\": [1, 25e-1, null, true]}",
        ),
    ] {
        assert_eq!(etag(format, text).unwrap(), expected);
    }
}

#[test]
fn a_version_follows_aliases_and_tells_types_apart() {
    let tag = |text| etag(Format::Yaml, text).unwrap();
    assert_eq!(tag("a: &x 1\nb: *x\n"), tag("a: 1\nb: 1\n"));
    assert_ne!(tag("a: 1\n"), tag("a: '1'\n"));
    assert_ne!(tag("a: 1\n"), tag("a: 1.0\n"));
    assert_ne!(tag("a: !x 1\n"), tag("a: !y 1\n"));
    let toml = |text| etag(Format::Toml, text).unwrap();
    assert_ne!(toml("a = 2026-01-01\n"), toml("a = \"2026-01-01\"\n"));
    assert_eq!(toml("[a]\nb.c = 1\n"), toml("a = { b = { c = 0x1 } }\n"));
}

#[test]
fn toml_entities_go_over_all_their_tables() {
    let text = "x = 1\n[a.b]\ny = 1\n[c]\n[a.d]\nz = 1\n";
    let outline = outline(Format::Toml, text).unwrap();
    let places: Vec<_> = outline
        .entities
        .iter()
        .map(|e| (e.name.as_str(), e.lines.first, e.lines.last))
        .collect();
    assert_eq!(places, [("x", 1, 1), ("a", 2, 6), ("c", 4, 4)]);
}

#[test]
fn five_thousand_lines_merge_line_for_line() {
    let file = |of_mine: bool, of_theirs: bool| {
        let mut text = String::from("# a long file\n\n");
        for at in 0..1_000 {
            let interval = if of_mine && at % 7 == 0 { 42 } else { 28 };
            let rooms = if of_theirs && at % 5 == 0 { 9 } else { 4 };
            if of_theirs && at % 100 == 50 {
                continue;
            }
            write!(
                text,
                "# number {at}\nentity_{at}:\n  interval: {interval} # days\n  rooms: {rooms}\n\n"
            )
            .unwrap();
            if of_mine && at % 100 == 99 {
                write!(text, "added_{at}:\n  x: 1\n\n").unwrap();
            }
        }
        text
    };
    let merged = merge(
        Format::Yaml,
        &file(false, false),
        &file(false, true),
        &file(true, false),
    )
    .unwrap();
    // The one entity that one changed and the other deleted.
    let [conflict] = merged.conflicts() else {
        panic!("{:?}", merged.conflicts())
    };
    assert_eq!(conflict.path.to_string(), "entity_350");
    let text = merged.resolve(&[(conflict.id, Answer::Theirs)]).unwrap();
    assert!(text == file(true, true));
}
