//! What a file says, each part with its line; what cannot be meant is left out and said. The data is not known here.

mod cards;
mod place;
mod sections;
mod values;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

pub(super) use self::place::short;
use self::{
    place::{Lines, MOST_REPEATED, bad_file, cut, decoded},
    values::{flag, list, number, text},
};
use super::{FORMAT_VERSION, Imported, LeftOut, MAX_PARAMETERS_BYTES};
use crate::{
    Error,
    query::{FilterCard, Range, Shape},
};

/// Parts named one by one before the rest is counted.
const MOST_NAMED: usize = 100;

/// Values of one filter: a longer list is a table to join on.
const MAX_VALUES: usize = 1_000;

/// The sections of a file.
const SECTIONS: &[&str] = &[
    "metadata",
    "cohort_filters",
    "phenotypic_filters",
    "export_selection",
];

/// Something of a file, and its line.
#[derive(Debug, Clone)]
pub(super) struct Placed<T> {
    pub(super) line: u64,
    pub(super) value: T,
}

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) notes: String,
    pub(super) exported_at: String,
    pub(super) age: Option<Placed<Range>>,
    pub(super) sites: Vec<Placed<String>>,
    pub(super) visits: Vec<Placed<String>>,
    pub(super) sex: Vec<Placed<String>>,
    pub(super) cards: Vec<Placed<FilterCard>>,
    /// The tables named, if the file has a selection.
    pub(super) tables: Option<Vec<Placed<String>>>,
    pub(super) columns: Vec<(String, Vec<Placed<String>>)>,
    pub(super) shape: Shape,
    pub(super) consolidate_baseline: bool,
    pub(super) left_out: LeftOuts,
}

/// What does not apply, as far as it is listed.
#[derive(Debug, Default)]
pub(super) struct LeftOuts {
    listed: Vec<LeftOut>,
    more: u64,
}

impl LeftOuts {
    /// One more.
    pub(super) fn add(&mut self, line: u64, what: &str, why: &str) {
        if self.listed.len() == MOST_NAMED {
            self.more += 1;
            return;
        }
        self.listed.push(LeftOut {
            line,
            what: short(what),
            why: cut(why, 3 * MOST_REPEATED),
        });
    }

    /// Into an answer, by line.
    pub(super) fn fill(mut self, imported: &mut Imported) {
        self.listed.sort_by_key(|it| it.line);
        (imported.left_out, imported.more_left_out) = (self.listed, self.more);
    }
}

/// Reads a file.
///
/// # Errors
/// It is too large, is no TOML, is of another version, or holds no query: with line and column.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Parts, Error> {
    if bytes.len() > MAX_PARAMETERS_BYTES {
        return Err(Error::TooLarge {
            what: format!("{}, a file of {} bytes,", short(file), bytes.len()),
            limit: format!("{MAX_PARAMETERS_BYTES} bytes"),
            setting: "none; a query takes some kilobytes",
        });
    }
    let source = decoded(file, bytes)?;
    let bad = |(at, problem): (usize, String)| {
        bad_file(file, Some(Lines::of(source).place(source, at)), problem)
    };
    let root = DeTable::parse(source).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        bad((at, format!("this is no TOML: {}", error.message().trim())))
    })?;
    let root = root.into_inner();
    if !root.keys().any(|key| SECTIONS.contains(&&**key.get_ref())) {
        let problem = "this is no query: it has none of the sections [metadata], [cohort_filters], \
             [[phenotypic_filters]], [export_selection]";
        return Err(bad_file(file, None, problem.into()));
    }
    let mut reader = Reader {
        lines: Lines::of(source),
        parts: Parts::default(),
    };
    match root.get("metadata").map(|it| (it, it.get_ref())) {
        Some((_, DeValue::Table(metadata))) => reader.metadata(metadata).map_err(bad)?,
        Some((it, _)) => return Err(bad((it.span().start, "[metadata] is no section".into()))),
        None => {
            let problem =
                "it does not say of which form it is: [metadata] with format_version is missing";
            return Err(bad_file(file, None, problem.into()));
        }
    }
    for (key, value) in &root {
        reader.section(key, value);
    }
    Ok(reader.parts)
}

struct Reader {
    lines: Lines,
    parts: Parts,
}

impl Reader {
    fn line<T>(&self, it: &Spanned<T>) -> u64 {
        self.lines.line(it.span().start)
    }

    fn leave<T>(&mut self, it: &Spanned<T>, what: &str, why: &str) {
        let line = self.line(it);
        self.parts.left_out.add(line, what, why);
    }

    /// Which form it is, and what is noted.
    fn metadata(&mut self, metadata: &DeTable<'_>) -> Result<(), (usize, String)> {
        let Some(version) = metadata.get("format_version") else {
            let at = metadata.keys().next().map_or(0, |key| key.span().start);
            return Err((at, "[metadata] has no format_version".into()));
        };
        let said = text(version.get_ref()).unwrap_or_default();
        if said != FORMAT_VERSION {
            let problem = format!(
                "format_version \"{}\" is not known here; this program reads \"{FORMAT_VERSION}\"",
                short(&said)
            );
            return Err((version.span().start, problem));
        }
        let said = |name: &str| metadata.get(name).and_then(|it| text(it.get_ref()));
        self.parts.notes = said("user_notes").unwrap_or_default();
        self.parts.exported_at = short(&said("export_timestamp").unwrap_or_default());
        for (key, _) in metadata {
            let name = &**key.get_ref();
            let known = [
                "format_version",
                "app_version",
                "export_timestamp",
                "user_notes",
            ];
            if !known.contains(&name) {
                self.unknown(key, "metadata");
            }
        }
        Ok(())
    }

    fn section(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) {
        let name = &**key.get_ref();
        match (name, value.get_ref()) {
            ("metadata", _) => {}
            ("cohort_filters", DeValue::Table(table)) => self.cohort(table),
            ("phenotypic_filters", DeValue::Array(cards)) => self.cards(cards),
            ("export_selection", DeValue::Table(table)) => self.selection(table),
            _ if SECTIONS.contains(&name) => {
                self.leave(key, name, "it is not in the form of a section")
            }
            _ => self.leave(key, name, UNKNOWN),
        }
    }

    /// The texts of a list; numbers are taken as texts.
    fn texts(&mut self, value: &Spanned<DeValue<'_>>, what: &str) -> Vec<Placed<String>> {
        let Some(items) = list(value.get_ref()) else {
            self.leave(value, what, "it is not a list");
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match text(item.get_ref()) {
                Some(value) => texts.push(Placed {
                    line: self.line(item),
                    value,
                }),
                None => self.leave(item, what, "one of its entries is neither text nor number"),
            }
        }
        texts
    }

    /// The same, of a filter.
    fn some_texts(&mut self, value: &Spanned<DeValue<'_>>, what: &str) -> Vec<Placed<String>> {
        if list(value.get_ref()).is_some_and(|items| items.len() > MAX_VALUES) {
            self.leave(value, what, TOO_MANY);
            return Vec::new();
        }
        self.texts(value, what)
    }

    fn flag(&mut self, value: &Spanned<DeValue<'_>>, what: &str) -> bool {
        let said = flag(value.get_ref());
        if said.is_none() {
            self.leave(value, what, "it is neither true nor false");
        }
        said.unwrap_or_default()
    }

    fn unknown(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, section: &str) {
        let name = [section, ".", key.get_ref()].concat();
        self.leave(key, &name, UNKNOWN);
    }
}

/// Why a field is passed over.
const UNKNOWN: &str = "this program knows no such field";
/// Why a list is.
const TOO_MANY: &str = "it lists more than 1,000 values";

/// Whether both ends are open or numbers.
fn is_finite(range: Range) -> bool {
    let mut ends = range.min.iter().chain(&range.max);
    ends.all(|end| end.is_finite())
}
