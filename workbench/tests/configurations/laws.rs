//! What holds for every merge, on random files in all three formats.

use std::collections::BTreeSet;

use proptest::prelude::*;
use workbench::configurations::merge::{Answer, Format, etag, merge};

use super::documents::{Edit, Style, Value, apply, edits, file, style, value, write};

const FORMATS: [Format; 3] = [Format::Yaml, Format::Toml, Format::Json];

fn format() -> impl Strategy<Value = Format> {
    prop::sample::select(&FORMATS[..])
}

/// A file and two edited versions; each may be written in a style of its own.
#[derive(Debug, Clone)]
struct Versions {
    base: String,
    mine: String,
    theirs: String,
    format: Format,
}

fn versions() -> impl Strategy<Value = Versions> {
    let styles = (style(), prop::option::weighted(0.3, style()), any::<u64>());
    (format(), file(), styles, edits(), edits()).prop_map(
        |(format, file, (common, other, comments), mine, theirs)| {
            let edited = |edits: &[Edit], style: &Style| {
                let mut value: Value = file.clone();
                apply(&mut value, edits);
                write(format, &value, style)
            };
            // One may use another style, or other comments than the other.
            let restyled = other.unwrap_or_else(|| Style {
                comments: comments ^ common.comments,
                ..common.clone()
            });
            let is_restyled = comments % 2 == 0;
            Versions {
                base: write(format, &file, &common),
                mine: edited(&mine, &common),
                theirs: edited(&theirs, if is_restyled { &restyled } else { &common }),
                format,
            }
        },
    )
}

fn comments(text: &str) -> BTreeSet<&str> {
    let marks = ["# about ", "// about "];
    let starts = marks.iter().flat_map(|mark| text.match_indices(mark));
    starts
        .map(|(at, _)| &text[at..])
        .filter_map(|rest| rest.split(';').next())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn what_only_one_side_changed_is_taken_byte_by_byte(v in versions()) {
        let mine = merge(v.format, &v.base, &v.base, &v.mine).unwrap();
        prop_assert_eq!(mine.text(), Some(v.mine.as_str()));
        let theirs = merge(v.format, &v.base, &v.theirs, &v.base).unwrap();
        prop_assert_eq!(theirs.text(), Some(v.theirs.as_str()));
        let same = merge(v.format, &v.base, &v.mine, &v.mine).unwrap();
        prop_assert_eq!(same.text(), Some(v.mine.as_str()));
    }

    #[test]
    fn a_merge_without_conflict_is_the_same_from_both_sides(v in versions()) {
        let one = merge(v.format, &v.base, &v.theirs, &v.mine).unwrap();
        let other = merge(v.format, &v.base, &v.mine, &v.theirs).unwrap();
        prop_assert_eq!(one.conflicts().len(), other.conflicts().len());
        if one.text().is_some() {
            prop_assert_eq!(one.text(), other.text());
        }
    }

    #[test]
    fn the_result_can_always_be_read(v in versions()) {
        let merged = merge(v.format, &v.base, &v.theirs, &v.mine).unwrap();
        prop_assert!(etag(v.format, merged.draft()).is_ok(), "{}", merged.draft());
        for answer in [Answer::Mine, Answer::Theirs, Answer::Both] {
            let can = |both: bool| answer != Answer::Both || both;
            let answers: Vec<_> = merged.conflicts().iter()
                .map(|c| (c.id, if can(c.can_take_both) { answer.clone() } else { Answer::Mine }))
                .collect();
            let text = merged.resolve(&answers);
            prop_assert!(text.is_ok(), "{:?}: {:?}", answer, text);
            prop_assert!(etag(v.format, &text.unwrap()).is_ok());
        }
    }

    #[test]
    fn a_comment_that_nobody_took_out_is_never_lost(v in versions()) {
        let merged = merge(v.format, &v.base, &v.theirs, &v.mine).unwrap();
        if let Some(text) = merged.text() {
            let (base, mine, theirs) = (comments(&v.base), comments(&v.mine), comments(&v.theirs));
            let there = comments(text);
            let kept = mine.intersection(&theirs);
            let added = mine.difference(&base).chain(theirs.difference(&base));
            for comment in kept.chain(added) {
                prop_assert!(there.contains(comment), "{} is not in\n{}", comment, text);
            }
        }
    }

    #[test]
    fn writing_a_file_in_another_way_is_no_conflict(
        format in format(), file in file(), styles in (style(), style()), edits in edits(), has_comments in any::<bool>(),
    ) {
        let (common, other) = styles;
        // Brackets on one line have no room for the comments that lines have: then none are written.
        let common = Style { has_comments, ..common };
        let brackets = if has_comments { common.brackets } else { other.brackets };
        let other = Style { comments: common.comments, has_comments, brackets, ..other };
        let base = write(format, &file, &common);
        let mine = write(format, &file, &other);
        let mut value = file;
        apply(&mut value, &edits);
        let theirs = write(format, &value, &common);
        let merged = merge(format, &base, &theirs, &mine).unwrap();
        prop_assert!(merged.text().is_some(), "{:#?}", merged.conflicts());
        prop_assert_eq!(etag(format, merged.draft()).unwrap(), etag(format, &theirs).unwrap());
    }

    #[test]
    fn changes_of_different_entities_never_meet(
        format in format(), file in file(), style in style(), new in (value(), value()),
    ) {
        let Value::Mapping(mut entries) = file else { unreachable!() };
        entries.insert(0, ("first".to_owned(), Value::Number(1)));
        entries.push(("last".to_owned(), Value::Number(2)));
        let file = Value::Mapping(entries.clone());
        let with = |at: usize, new: &Value| {
            let mut entries = entries.clone();
            entries[at].1 = new.clone();
            Value::Mapping(entries)
        };
        let mut both = entries.clone();
        (both[0].1, both[1].1) = (new.0.clone(), new.1.clone());
        let text = |value: &Value| write(format, value, &style);
        let merged = merge(format, &text(&file), &text(&with(1, &new.1)), &text(&with(0, &new.0))).unwrap();
        let plain = Style { has_comments: false, ..style.clone() };
        let expected = write(format, &Value::Mapping(both), &plain);
        prop_assert!(merged.conflicts().is_empty(), "{:#?}", merged.conflicts());
        prop_assert_eq!(etag(format, merged.draft()).unwrap(), etag(format, &expected).unwrap());
    }
}
