//! Comments and blank lines around an entry: which side's are taken. A comment that both changed is merged line by line,
//! and where that cannot be it is a conflict.

use super::{
    BASE, MINE, THEIRS, Work,
    align::{Stretch, cut},
};
use crate::configurations::merge::{
    tree::comment_lines,
    types::{Answer, Change, Reason},
};

/// Which of three texts to take.
pub(super) enum Pick {
    Side(usize),
    /// Neither: both changed it.
    Neither,
}

/// The side that changed, by ever coarser comparisons; where both wrote the same comments, the shorter text.
pub(super) fn pick(base: &str, mine: &str, theirs: &str) -> Pick {
    let sides = [base, mine, theirs];
    if let Some(side) = changed(sides) {
        return Pick::Side(side);
    }
    let lines = sides.map(|text| text.lines().map(str::trim).collect::<Vec<_>>());
    if lines[MINE] == lines[THEIRS] {
        return Pick::Side(shorter(mine, theirs));
    }
    if let Some(side) = changed([&lines[0], &lines[1], &lines[2]]) {
        return Pick::Side(side);
    }
    let comments = sides.map(|text| comment_lines(text).collect::<Vec<_>>());
    if comments[MINE] == comments[THEIRS] {
        return Pick::Side(shorter(mine, theirs));
    }
    changed([&comments[0], &comments[1], &comments[2]]).map_or(Pick::Neither, Pick::Side)
}

/// The side whose text to take: the one that changed, or either where both agree.
pub(super) fn changed<T: PartialEq>(sides: [T; 3]) -> Option<usize> {
    let [base, mine, theirs] = sides;
    if mine == theirs || theirs == base {
        Some(MINE)
    } else if mine == base {
        Some(THEIRS)
    } else {
        None
    }
}

/// The same choice whichever side is called mine.
pub(super) fn shorter(mine: &str, theirs: &str) -> usize {
    if (theirs.len(), theirs) < (mine.len(), mine) {
        THEIRS
    } else {
        MINE
    }
}

impl Work<'_> {
    /// Merges the stretches around an entry. `texts` are as they would stand in the result, `stretches` where they come
    /// from. Answers the text, the side that wrote it (for its layout), and a conflict to be placed.
    pub(super) fn merge_trivia(
        &mut self,
        texts: &[String; 3],
        stretches: [Option<(usize, usize)>; 3],
        is_trail: bool,
    ) -> (String, usize, Option<u32>) {
        let [base, mine, theirs] = texts;
        if let Pick::Side(side) = pick(base, mine, theirs) {
            let own = comment_lines(&texts[side]);
            if side != BASE && !comment_lines(base).eq(own) {
                let by = if mine == theirs { BASE } else { side };
                self.record(by, Change::Comment, None);
            }
            return (texts[side].clone(), side, None);
        }
        if let Some(lines) = merge_lines(base, mine, theirs) {
            self.record(BASE, Change::Comment, None);
            let has_some = |text: &str| comment_lines(text).next().is_some();
            let side = match (has_some(mine), has_some(theirs)) {
                (true, false) => MINE,
                (false, true) => THEIRS,
                _ => shorter(mine, theirs),
            };
            return (
                self.own_comment(&texts[side], &lines.join("\n")),
                side,
                None,
            );
        }
        let (id, answer) = self.conflict(Reason::Comment, stretches, true);
        let text = match answer {
            Answer::Mine => mine.clone(),
            Answer::Theirs => return (theirs.clone(), THEIRS, Some(id)),
            Answer::Both => self.both_comments(mine, theirs, is_trail),
            Answer::Text(text) if is_trail => {
                // One line behind the value, and what ends it.
                let line = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
                let end = &mine[mine.trim_end().len()..];
                let gap = if line.is_empty() { "" } else { " " };
                format!("{gap}{line}{end}")
            }
            Answer::Text(text) => self.own_comment(mine, &text),
        };
        (text, MINE, Some(id))
    }

    /// Mine, then the comments that only theirs has.
    fn both_comments(&self, mine: &str, theirs: &str, is_trail: bool) -> String {
        let own: Vec<_> = comment_lines(mine).collect();
        let more: Vec<_> = comment_lines(theirs)
            .filter(|line| !own.contains(line))
            .collect();
        if own.is_empty() {
            return theirs.to_owned();
        }
        if more.is_empty() {
            return mine.to_owned();
        }
        if !is_trail {
            return self.own_comment(mine, &[own, more].concat().join("\n"));
        }
        // Behind a value there is one line only.
        let more: Vec<_> = more
            .iter()
            .map(|line| line.trim_start_matches(['#', '/', ' ']))
            .collect();
        let end = mine.trim_end().len();
        format!("{} {}{}", &mine[..end], more.join(" "), &mine[end..])
    }

    /// A comment of one's own in the layout of another.
    fn own_comment(&self, model: &str, text: &str) -> String {
        let start = model.len() - model.trim_start_matches(['\r', '\n']).len();
        let indent: String = model[start..]
            .chars()
            .take_while(|c| matches!(c, ' ' | '\t'))
            .collect();
        let lines: Vec<_> = text
            .lines()
            .map(|line| format!("{indent}{}", line.trim()))
            .collect();
        let body = lines.join(self.feed());
        let end = model.trim_end().len();
        let tail = if !model.trim().is_empty() {
            model[end..].to_owned()
        } else if model.is_empty() || model.ends_with('\n') {
            self.feed().to_owned()
        } else {
            // Between brackets the indentation of what follows belongs to it.
            format!("{}{indent}", self.feed())
        };
        if text.trim().is_empty() {
            return format!(
                "{}{}",
                &model[..start],
                tail.trim_start_matches(['\r', '\n'])
            );
        }
        format!("{}{body}{tail}", &model[..start])
    }
}

/// Line by line, where both changed different lines of a comment.
fn merge_lines<'c>(base: &'c str, mine: &'c str, theirs: &'c str) -> Option<Vec<&'c str>> {
    let lines = [base, mine, theirs].map(|text| comment_lines(text).collect::<Vec<_>>());
    let [b, m, t] = &lines;
    let mut merged = Vec::new();
    for stretch in cut(b, m, t) {
        match stretch {
            Stretch::Same(_, at, _) => merged.push(m[at]),
            Stretch::Differs(from_b, from_m, from_t) => {
                let side = changed([&b[from_b], &m[from_m.clone()], &t[from_t.clone()]])?;
                let range = if side == MINE { from_m } else { from_t };
                merged.extend_from_slice(&lines[side][range]);
            }
        }
    }
    Some(merged)
}
