//! What a merge refuses, with the text and the place: broken texts, keys that are there twice, bombs, and texts nested so
//! deeply that a reader would run out of stack.

use workbench::configurations::merge::{
    Answer, Fault, Format, MAX_BYTES, MAX_DEPTH, MergeError, Which, etag, merge, outline,
};

fn fault(format: Format, text: &str) -> Fault {
    match etag(format, text).unwrap_err() {
        MergeError::Unreadable {
            which: Which::Text,
            fault,
            ..
        } => fault,
        other => panic!("{other}"),
    }
}

#[test]
fn a_broken_text_is_named_with_its_line_and_column() {
    for (format, broken, line, column) in [
        (Format::Yaml, "a: 1\nb: [1, 2\nc: 3\n", 3, 2),
        (Format::Yaml, "a: 1\nb: \"x\n", 2, 4),
        (Format::Toml, "a = 1\nb = \n", 2, 5),
        (Format::Toml, "größe = 1\n[x\n", 2, 3),
        (Format::Json, "{\n  \"a\": 1\n  \"b\": 2\n}", 3, 3),
        (Format::Json, "{\"ä\": nul}", 1, 7),
        (Format::Json, "{\"a\": 01}", 1, 7),
    ] {
        let error = etag(format, broken).unwrap_err();
        let MergeError::Unreadable {
            line: at,
            column: of,
            ..
        } = &error
        else {
            panic!("{error}")
        };
        assert_eq!((*at, *of), (line, column), "{broken:?}: {error}");
    }
}

#[test]
fn it_says_which_of_the_three_texts_is_broken() {
    let which = |base, theirs, mine| match merge(Format::Json, base, theirs, mine).unwrap_err() {
        MergeError::Unreadable { which, .. } => which,
        other => panic!("{other}"),
    };
    assert_eq!(which("[", "1", "2"), Which::Base);
    assert_eq!(which("0", "[", "2"), Which::Theirs);
    assert_eq!(which("0", "1", "["), Which::Mine);
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    let twice = Fault::DuplicateKey("a".to_owned());
    assert_eq!(fault(Format::Yaml, "a: 1\nb: 2\na: 3\n"), twice);
    assert_eq!(fault(Format::Yaml, "x: {a: 1, a: 2}\n"), twice);
    assert_eq!(fault(Format::Json, "{\"a\": 1, \"a\": 2}"), twice);
    assert_eq!(fault(Format::Toml, "a = 1\na = 2\n"), twice);
}

#[test]
fn an_alias_bomb_is_refused_before_it_is_written_out() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let below = level - 1;
        let aliases = vec![format!("*a{below}"); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert_eq!(fault(Format::Yaml, &bomb), Fault::TooManyAliases);
    assert!(merge(Format::Yaml, "a: 1\n", &bomb, "a: 2\n").is_err());
}

#[test]
fn a_long_text_cannot_be_multiplied_by_aliases_either() {
    let long = "x".repeat(1 << 20);
    let aliases = vec!["*a"; 2_000].join(", ");
    let bomb = format!("a: &a {long}\nb: [{aliases}]\n");
    assert_eq!(fault(Format::Yaml, &bomb), Fault::TooManyAliases);
}

#[test]
fn a_chain_of_aliases_counts_as_deep() {
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for level in 1..1_000 {
        chain.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(fault(Format::Yaml, &chain), Fault::TooDeep);
}

#[test]
fn an_alias_to_what_it_stands_in_is_refused() {
    assert!(matches!(
        fault(Format::Yaml, "a: &a\n  b: *a\n"),
        Fault::Syntax(_)
    ));
}

#[test]
fn deep_nesting_is_refused_and_never_overflows_the_stack() {
    for depth in [MAX_DEPTH + 5, 5_000, 200_000] {
        let brackets = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for (format, text) in [
            (Format::Json, brackets.clone()),
            (Format::Json, "{\"a\":".repeat(depth)),
            (Format::Yaml, brackets.clone()),
            (Format::Yaml, "{a: ".repeat(depth)),
            (Format::Yaml, "- ".repeat(depth.min(5_000))),
            (Format::Toml, format!("a = {brackets}\n")),
            (
                Format::Toml,
                format!("{} = 1\n", vec!["a"; depth].join(".")),
            ),
            (Format::Toml, format!("[{}]\n", vec!["a"; depth].join("."))),
            (Format::Toml, format!("a = {}", "{a = ".repeat(depth))),
        ] {
            assert!(etag(format, &text).is_err(), "{}", &text[..40]);
        }
    }
    let mut lines = String::new();
    for depth in 0..MAX_DEPTH + 5 {
        lines.push_str(&format!("{}a:\n", " ".repeat(depth)));
    }
    assert_eq!(fault(Format::Yaml, &lines), Fault::TooDeep);
}

#[test]
fn what_is_deep_but_not_too_deep_merges() {
    let nested =
        |depth: usize, value: &str| format!("{}{value}{}\n", "[".repeat(depth), "]".repeat(depth));
    for (format, depth) in [(Format::Json, MAX_DEPTH - 2), (Format::Yaml, MAX_DEPTH - 4)] {
        let merged = merge(
            format,
            &nested(depth, "1"),
            &nested(depth, "2"),
            &nested(depth, "3"),
        );
        assert_eq!(merged.unwrap().conflicts().len(), 1);
    }
}

#[test]
fn a_text_that_is_too_long_is_refused() {
    let long = format!("\"{}\"", "x".repeat(MAX_BYTES));
    assert_eq!(fault(Format::Json, &long), Fault::TooLarge);
}

#[test]
fn answers_are_checked() {
    let merged = merge(Format::Yaml, "a: 1\nb: 1\n", "a: 2\nb: 2\n", "a: 3\nb: 3\n").unwrap();
    let resolve = |answers: &[(u32, Answer)]| merged.resolve(answers);
    assert_eq!(merged.text(), None);
    assert_eq!(
        resolve(&[(0, Answer::Mine)]),
        Err(MergeError::Unanswered(1))
    );
    assert_eq!(
        resolve(&[(7, Answer::Mine)]),
        Err(MergeError::NoSuchConflict(7))
    );
    assert_eq!(
        resolve(&[(0, Answer::Both), (1, Answer::Mine)]),
        Err(MergeError::NotBoth(0))
    );
    let text = Answer::Text("b: [".to_owned());
    let error = resolve(&[(0, Answer::Theirs), (1, text)]).unwrap_err();
    assert!(
        matches!(
            error,
            MergeError::Unreadable {
                which: Which::Merged,
                ..
            }
        ),
        "{error}"
    );
    let text = Answer::Text("b: {x: 1}".to_owned());
    assert_eq!(
        resolve(&[(0, Answer::Theirs), (1, text)]).unwrap(),
        "a: 2\nb: {x: 1}\n"
    );
}

#[test]
fn a_text_of_ones_own_may_take_a_place_out() {
    let merged = merge(
        Format::Json,
        r#"{"a": 1, "b": 1}"#,
        r#"{"a": 1, "b": 2}"#,
        r#"{"a": 1}"#,
    );
    let merged = merged.unwrap();
    let resolve = |text: &str| {
        merged
            .resolve(&[(0, Answer::Text(text.to_owned()))])
            .unwrap()
    };
    assert_eq!(resolve(""), r#"{"a": 1}"#);
    assert_eq!(resolve(r#""c": 3"#), r#"{"a": 1, "c": 3}"#);
}

#[test]
fn a_broken_text_has_no_outline() {
    assert!(outline(Format::Toml, "a = ").is_err());
}
