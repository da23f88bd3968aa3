//! The choices that bring two versions together, and what the result looks like with them.

use workbench::configurations::{
    Conflicts,
    merge::{Answer, Conflict},
};

/// A piece of the result on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Lines of the draft, from this number on.
    Lines(u32, Vec<String>),
    /// A place that needs a choice, with what stands there now.
    Place(u32, Vec<String>),
}

/// The draft with each open place as a piece of its own.
pub(super) fn pieces(conflicts: &Conflicts, answers: &[Option<Answer>]) -> Vec<Piece> {
    let lines: Vec<&str> = conflicts.draft.lines().collect();
    let own = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| (*line).to_owned())
            .collect::<Vec<_>>()
    };
    let mut pieces = Vec::new();
    let mut done = 0;
    for conflict in &conflicts.conflicts {
        let (first, last) = match conflict.lines {
            Some(lines) => (lines.first.saturating_sub(1) as usize, lines.last as usize),
            None => (done, done),
        };
        let (first, last) = (
            first.clamp(done, lines.len()),
            last.clamp(done, lines.len()),
        );
        if first > done {
            pieces.push(Piece::Lines(number(done), own(&lines[done..first])));
        }
        let mine = own(&lines[first..last.max(first)]);
        let answer = answers.get(conflict.id as usize).and_then(Option::as_ref);
        pieces.push(Piece::Place(conflict.id, text_of(conflict, answer, mine)));
        done = last.max(first);
    }
    if done < lines.len() {
        pieces.push(Piece::Lines(number(done), own(&lines[done..])));
    }
    pieces
}

/// What an answer puts in the place; what stands in mine until there is one.
fn text_of(conflict: &Conflict, answer: Option<&Answer>, mine: Vec<String>) -> Vec<String> {
    let indent: String = mine.first().map_or_else(String::new, |line| {
        line.chars().take_while(|c| c.is_whitespace()).collect()
    });
    let laid = |text: &str| {
        let lines = text.lines().enumerate();
        let lines = lines.map(|(at, line)| {
            if at == 0 {
                format!("{indent}{line}")
            } else {
                line.to_owned()
            }
        });
        lines.collect::<Vec<_>>()
    };
    match answer {
        None | Some(Answer::Mine) => mine,
        Some(Answer::Theirs) => laid(&conflict.theirs.text),
        Some(Answer::Text(text)) => laid(text),
        Some(Answer::Both) => mine
            .into_iter()
            .chain(laid(&conflict.theirs.text))
            .collect(),
    }
}

fn number(done: usize) -> u32 {
    u32::try_from(done).unwrap_or(u32::MAX).saturating_add(1)
}

/// `112`, or the first words of something longer; `nothing` for what is not there.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 24;
    let value = text.trim();
    let value = value
        .split_once(':')
        .map_or(value, |(_, value)| value.trim());
    if text.trim().is_empty() {
        return "nothing".into();
    }
    let line = value.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if value.lines().count() > 1 => format!("{line}…"),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use workbench::configurations::{
        VersionSide,
        merge::{Excerpt, Lines, Path, Reason},
    };

    use super::*;

    fn excerpt(text: &str) -> Excerpt {
        Excerpt {
            text: text.into(),
            lines: None,
        }
    }

    fn one(lines: Option<Lines>) -> Conflicts {
        Conflicts {
            base: VersionSide::default(),
            theirs: VersionSide::default(),
            mine: VersionSide::default(),
            draft: "a:\n  b: 1\n  c: 2\n".into(),
            merged: Vec::new(),
            conflicts: vec![Conflict {
                id: 0,
                path: Path::default(),
                reason: Reason::BothChanged,
                base: excerpt("b: 0"),
                theirs: excerpt("b: 9"),
                mine: excerpt("b: 1"),
                lines,
                can_take_both: false,
            }],
        }
    }

    #[test]
    fn the_result_shows_what_was_chosen_in_its_place() {
        let lines = Lines { first: 2, last: 2 };
        let shown = |answer| pieces(&one(Some(lines)), &[answer]);
        let open = [
            Piece::Lines(1, vec!["a:".into()]),
            Piece::Place(0, vec!["  b: 1".into()]),
            Piece::Lines(3, vec!["  c: 2".into()]),
        ];
        assert_eq!(shown(None), open);
        assert_eq!(
            shown(Some(Answer::Theirs))[1],
            Piece::Place(0, vec!["  b: 9".into()])
        );
        let own = Some(Answer::Text("b: 5".into()));
        assert_eq!(shown(own)[1], Piece::Place(0, vec!["  b: 5".into()]));
    }

    #[test]
    fn what_i_deleted_still_has_a_place() {
        let shown = pieces(&one(None), &[None]);
        assert_eq!(shown[0], Piece::Place(0, Vec::new()));
        assert_eq!(shown.len(), 2);
    }

    #[test]
    fn a_button_says_the_value() {
        assert_eq!(
            ["max: 112", "", "a:\n  b: 1", "- x"].map(short),
            ["112", "nothing", "b: 1", "- x"]
        );
    }
}
