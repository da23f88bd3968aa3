//! A container being written: what stands before and behind each entry. On lines that are comments and indentation,
//! between brackets commas and space.

use super::{Frame, MINE, Nodes, Place, Work, output::ends_in_comment, trivia::changed};
use crate::configurations::merge::{
    Format,
    tree::{Kind, Node, Span, Style},
};

/// A container being written.
pub(super) struct Level {
    pub(super) style: Style,
    pub(super) written: usize,
    /// The first entry stands on the line of the key or dash.
    pub(super) is_compact: bool,
    pub(super) is_stream: bool,
    /// Where the entry under way begins in the output.
    pub(super) core_start: usize,
    /// The entry under way is the first of its container on some side.
    pub(super) was_first: bool,
    /// Only one side has the entry under way.
    pub(super) is_one_sided: bool,
    /// Where the first TOML table begins in the output.
    pub(super) tables: Option<usize>,
    /// The indentation of entries that begin a line; none in brackets on one line.
    pub(super) indent: Option<String>,
    /// What a line begins with that has to be broken anyway.
    pub(super) line_indent: String,
    /// Behind the last entry, written once it is known whether a comma follows.
    pub(super) pending: String,
}

impl<'a> Work<'a> {
    /// Writes what stands before an entry: the comma of the one before it, comments, indentation.
    pub(super) fn begin(&mut self, level: &mut Level, lead: &str, place: Place<'a>) {
        let is_first = level.written == 0;
        level.written += 1;
        if level.style == Style::Lines {
            return self.begin_line(level, lead, place, is_first);
        }
        if !is_first {
            self.out.push(',');
            self.out.push_str(&std::mem::take(&mut level.pending));
        }
        let lead = self.lead_in_brackets(level, lead, place, is_first);
        self.break_comment(&lead, &level.line_indent);
        self.out.push_str(&lead);
    }

    fn begin_line(&mut self, level: &mut Level, lead: &str, place: Place<'a>, is_first: bool) {
        let entry = place.entry;
        let node = self.node(place);
        let is_bare = entry.prefix().start == entry.prefix().end
            && node.style == Style::Lines
            && node.kind != Kind::Scalar;
        if is_first && level.is_compact {
            if lead.trim().is_empty() {
                return;
            }
            // Comments cannot stand behind a dash: the entries go to lines of their own.
            let end = self.out.trim_end_matches([' ', '\t']).len();
            self.out.truncate(end);
        }
        self.end_line();
        let lead = self.lead_of_lines(level, lead, place, is_first);
        self.out.push_str(&lead);
        level.core_start = self.out.len();
        if is_bare {
            return;
        }
        let indent = level.indent.as_deref().unwrap_or_default();
        if self.format == Format::Toml {
            // A header may stand further in than the keys beside it.
            let own = self.own_indent(place);
            let from = place.parent.indent.as_deref().unwrap_or_default();
            let rest = own.strip_prefix(from).unwrap_or_default().to_owned();
            self.out.push_str(indent);
            self.out.push_str(&rest);
        } else {
            self.out.push_str(indent);
        }
    }

    pub(super) fn own_indent(&self, place: Place<'a>) -> &'a str {
        let entry = place.entry;
        Span::new(entry.lead.end, entry.core.start).of(self.trees[place.side].text)
    }

    /// Comments before an entry on lines of its own: none of the blank lines in front of the first, and those that its
    /// neighbours have in front of one that is not the first any more.
    fn lead_of_lines(&self, level: &Level, lead: &str, place: Place<'a>, is_first: bool) -> String {
        let blank = |lead: &str| {
            let lines = lead
                .split_inclusive('\n')
                .take_while(|line| line.trim().is_empty());
            lines.map(str::len).sum::<usize>()
        };
        if is_first && !level.was_first {
            return lead[blank(lead)..].to_owned();
        }
        let second = place
            .parent
            .entries
            .get(1)
            .map(|e| self.text_of(place, e.lead));
        match second {
            Some(second)
                if level.was_first && level.is_one_sided && !is_first && blank(lead) == 0 =>
            {
                format!("{}{lead}", &second[..blank(second)])
            }
            _ => lead.to_owned(),
        }
    }

    /// The space before an entry, as it has to be at its place in the result.
    fn lead_in_brackets(
        &self,
        level: &Level,
        lead: &str,
        place: Place<'a>,
        is_first: bool,
    ) -> String {
        let siblings = &place.parent.entries;
        let was_first = siblings
            .first()
            .is_some_and(|e| std::ptr::eq(e, place.entry));
        let own_line = place.parent.indent.is_some();
        if !lead.trim().is_empty() {
            return lead.to_owned();
        }
        match &level.indent {
            Some(indent) if !own_line => return format!("{}{indent}", self.feed()),
            Some(_) => return lead.to_owned(),
            None => {}
        }
        let pad = |at: usize| {
            siblings
                .get(at)
                .map(|e| self.text_of(place, e.lead).to_owned())
        };
        let pad = |at: usize| pad(at).filter(|pad| pad.bytes().all(|byte| byte == b' '));
        if is_first {
            if was_first && !lead.contains('\n') {
                lead.to_owned()
            } else {
                pad(0).unwrap_or_default()
            }
        } else if was_first || lead.contains('\n') {
            pad(1).unwrap_or_else(|| " ".to_owned())
        } else {
            lead.to_owned()
        }
    }

    /// A comment that goes on to the end of its line needs one.
    fn break_comment(&mut self, next: &str, indent: &str) {
        let line = self.out.rsplit('\n').next().unwrap_or_default();
        let is_line_comment = self.last_is_comment && !line.trim().is_empty();
        if is_line_comment && !next.starts_with(['\n', '\r']) {
            self.out.push_str(self.feed());
            self.out.push_str(indent);
        }
        self.last_is_comment = false;
    }

    /// Writes what stands behind an entry.
    pub(super) fn end(&mut self, level: &mut Level, post: &str, trail: &str) {
        if level.style == Style::Lines {
            let is_marked = self.out[level.core_start.min(self.out.len())..].starts_with("---");
            if level.is_stream && level.written > 1 && !is_marked {
                let mark = format!("---{}", self.feed());
                self.out.insert_str(level.core_start, &mark);
            }
            self.out.push_str(trail);
            self.end_line();
            return;
        }
        self.out.push_str(post);
        self.last_is_comment = ends_in_comment(trail);
        level.pending = trail.to_owned();
    }

    pub(super) fn close(&mut self, level: &Level, nodes: Nodes<'a>, outer: &Frame<'a>) {
        let [base, Some(mine), Some(theirs)] = nodes else {
            return;
        };
        let all = [base.unwrap_or(mine), mine, theirs];
        let ends_in_comma = |node: &Node| node.entries.last().is_some_and(|last| last.has_comma);
        let commas = all.map(ends_in_comma);
        let has_comma = commas[changed(commas).unwrap_or(MINE)];
        if has_comma && level.written > 0 {
            self.out.push(',');
        }
        self.out.push_str(&level.pending);
        let before = self.out.len();
        self.around(all.map(|node| node.tail), base.is_some(), outer, false);
        let tail = self.out.split_off(before);
        let is_broken = level.indent.is_some() && level.written > 0 && !tail.contains('\n');
        let tail = if is_broken && tail.trim().is_empty() {
            format!("{}{}", self.feed(), outer.to)
        } else {
            tail
        };
        // YAML wants a closing bracket further in than its key.
        let indent = if self.format == Format::Yaml {
            &level.line_indent
        } else {
            &outer.to
        };
        self.break_comment(&tail, indent);
        self.out.push_str(&tail);
        self.last_is_comment = false;
        self.out.push(if all[MINE].kind == Kind::Mapping {
            '}'
        } else {
            ']'
        });
    }
}
