//! Each kind of conflict can be answered in each way, and the answer stands where the conflict stood.

use workbench::configurations::merge::{Answer, Format, Merge, Reason, merge};

fn one(format: Format, base: &str, mine: &str, theirs: &str) -> Merge {
    let merged = merge(format, base, theirs, mine).unwrap();
    assert_eq!(merged.conflicts().len(), 1, "{:#?}", merged.conflicts());
    merged
}

fn text(merged: &Merge, text: &str) -> String {
    merged
        .resolve(&[(0, Answer::Text(text.to_owned()))])
        .unwrap()
}

fn both(merged: &Merge) -> String {
    merged.resolve(&[(0, Answer::Both)]).unwrap()
}

#[test]
fn a_value() {
    let merged = one(
        Format::Yaml,
        "a:\n  b: 1 # so\n",
        "a:\n  b: 2 # so\n",
        "a:\n  b: 3 # so\n",
    );
    assert_eq!(text(&merged, "b: 5"), "a:\n  b: 5 # so\n");
    assert_eq!(text(&merged, "b:\n    c: 5\n"), "a:\n  b:\n    c: 5 # so\n");
}

#[test]
fn a_table() {
    let merged = one(
        Format::Toml,
        "x = 1\n",
        "x = 1\n[a]\ny = 1\n",
        "x = 1\n[a]\ny = 2\n",
    );
    assert_eq!(merged.conflicts()[0].reason, Reason::BothAdded);
    assert_eq!(text(&merged, "[a]\ny = 3\n"), "x = 1\n[a]\ny = 3\n");
    assert_eq!(text(&merged, "a = 3"), "x = 1\na = 3\n");
}

#[test]
fn a_comment_before_an_entry() {
    let merged = one(
        Format::Yaml,
        "a:\n  # b\n  c: 1\n",
        "a:\n  # m\n  c: 1\n",
        "a:\n  # t\n  c: 1\n",
    );
    assert_eq!(text(&merged, "# x\n# y"), "a:\n  # x\n  # y\n  c: 1\n");
    assert_eq!(text(&merged, ""), "a:\n  c: 1\n");
    assert_eq!(both(&merged), "a:\n  # m\n  # t\n  c: 1\n");
}

#[test]
fn a_comment_behind_an_entry() {
    let merged = one(
        Format::Json,
        "[\n  1 // b\n]\n",
        "[\n  1 // m\n]\n",
        "[\n  1 // t\n]\n",
    );
    assert_eq!(text(&merged, "// x"), "[\n  1 // x\n]\n");
    assert_eq!(text(&merged, ""), "[\n  1\n]\n");
    assert_eq!(both(&merged), "[\n  1 // m t\n]\n");
    let merged = one(Format::Toml, "a = 1 # b\n", "a = 1\n", "a = 1 # t\n");
    assert_eq!(text(&merged, "# x"), "a = 1 # x\n");
    assert_eq!(both(&merged), "a = 1 # t\n");
}

#[test]
fn a_stretch_of_a_list() {
    let merged = one(
        Format::Yaml,
        "l:\n  - 1\n",
        "l:\n  - 1\n  - 2\n",
        "l:\n  - 1\n  - 3\n",
    );
    assert_eq!(merged.conflicts()[0].mine.text, "- 2");
    assert_eq!(text(&merged, "- 4\n  - 5"), "l:\n  - 1\n  - 4\n  - 5\n");
    assert_eq!(text(&merged, ""), "l:\n  - 1\n");
    let merged = one(Format::Json, "[1, 2]", "[1, 3]", "[1, 4]");
    assert_eq!(text(&merged, "5, 6"), "[1, 5, 6]");
    assert_eq!(text(&merged, ""), "[1]");
    assert_eq!(both(&merged), "[1, 3, 4]");
}

#[test]
fn a_deletion_against_a_change() {
    let merged = one(
        Format::Yaml,
        "a: 1\n# b\nb: 1\n",
        "a: 1\n",
        "a: 1\n# b\nb: 2\n",
    );
    assert_eq!(merged.conflicts()[0].theirs.text, "# b\nb: 2");
    assert_eq!(text(&merged, "# b\nb: 3\n"), "a: 1\n# b\nb: 3\n");
    assert_eq!(text(&merged, ""), "a: 1\n");
}

#[test]
fn the_whole_file() {
    let merged = one(Format::Json, "1", "[2]\n", "{\"a\": 3}");
    assert_eq!(text(&merged, "4"), "4\n");
    assert_eq!(
        merged.resolve(&[(0, Answer::Theirs)]).unwrap().trim(),
        "{\"a\": 3}"
    );
}

#[test]
fn several_at_once_each_for_itself() {
    let base = "a: 1\nb: 1\nc: 1\nd: 1\n";
    let mine = "a: 2\nb: 2\nc: 2\n";
    let theirs = "a: 3\nb: 3\nc: 3\nd: 3\n";
    let merged = merge(Format::Yaml, base, theirs, mine).unwrap();
    let answers = [
        (3, Answer::Theirs),
        (0, Answer::Mine),
        (1, Answer::Theirs),
        (2, Answer::Text("c: 9".to_owned())),
    ];
    assert_eq!(
        merged.resolve(&answers).unwrap(),
        "a: 2\nb: 3\nc: 9\nd: 3\n"
    );
}
