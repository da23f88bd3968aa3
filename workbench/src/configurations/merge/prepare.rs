//! What is the same in all three texts before they are compared: no byte order mark, one kind of line end, a last line
//! that ends. What the result has of these is decided like any other change.

/// The three texts as they are compared, and how the result is written.
pub(super) struct Prepared {
    /// Base, mine, theirs.
    pub texts: [String; 3],
    has_mark: bool,
    is_crlf: bool,
    /// The line ends differed and were made alike.
    is_alike: bool,
    /// The last line of the result ends.
    ends: bool,
}

const MARK: char = '\u{feff}';

/// The side that changed decides.
fn changed(sides: [bool; 3]) -> bool {
    let [base, mine, theirs] = sides;
    if mine == base { theirs } else { mine }
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Feeds {
    Lf,
    Crlf,
    Mixed,
}

fn feeds(text: &str) -> Feeds {
    let all = text.matches('\n').count();
    let pairs = text.matches("\r\n").count();
    if pairs == 0 {
        Feeds::Lf
    } else if pairs == all {
        Feeds::Crlf
    } else {
        Feeds::Mixed
    }
}

pub(super) fn prepare(base: &str, mine: &str, theirs: &str) -> Prepared {
    let raw = [base, mine, theirs];
    let has_mark = changed(raw.map(|text| text.starts_with(MARK)));
    let texts = raw.map(|text| text.strip_prefix(MARK).unwrap_or(text));
    let ends = changed(texts.map(|text| text.is_empty() || text.ends_with('\n')));
    let kinds = texts.map(feeds);
    let is_crlf = changed(kinds.map(|kind| kind == Feeds::Crlf));
    let is_alike = kinds != [kinds[0]; 3] && !kinds.contains(&Feeds::Mixed);
    let texts = texts.map(|text| {
        let mut text = if is_alike {
            text.replace("\r\n", "\n")
        } else {
            text.to_owned()
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(if text.contains("\r\n") { "\r\n" } else { "\n" });
        }
        text
    });
    Prepared {
        texts,
        has_mark,
        is_crlf,
        is_alike,
        ends,
    }
}

impl Prepared {
    /// The result as it is stored. `is_same` says whether a text without its last line end means the same.
    pub fn finish(&self, merged: &str, is_same: impl Fn(&str) -> bool) -> String {
        let mut text = merged;
        if !self.ends {
            let cut = merged.strip_suffix('\n').unwrap_or(merged);
            let cut = cut.strip_suffix('\r').unwrap_or(cut);
            if is_same(cut) {
                text = cut;
            }
        }
        let body = if self.is_alike && self.is_crlf {
            text.replace('\n', "\r\n")
        } else {
            text.to_owned()
        };
        if self.has_mark {
            format!("{MARK}{body}")
        } else {
            body
        }
    }
}
