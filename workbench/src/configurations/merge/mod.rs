//! Three-way structural merge of configuration files.
//!
//! Two people start from the same text. [`merge`] brings their versions together by what they mean, not by lines:
//!
//! - **Mappings** by key, at every depth. An entity that one changed and an entity that the other changed never meet.
//! - **Lists** by what names an item (`id`, `name`, `key`, else the first field that is different in every item; a
//!   Kubernetes object by kind and name), else by meaning and place. Two numbers of one row that both changed side by
//!   side are a conflict; two names added to one list are not.
//! - **Order**: a moved key keeps its move, an added one its neighbours.
//! - **Comments** travel with the entry they precede or follow; a comment ended by a blank line at the top belongs to
//!   the file. One that only one side changed is taken, one that both changed is merged line by line or is a conflict.
//! - **Layout alone never conflicts**: indentation, quoting, brackets or lines. Who changed the meaning wins; where
//!   nobody did, who changed the text.
//! - **Deleted against changed** is a conflict, and so is the same key added with different values.
//!
//! Everything that is taken over is taken as it was written: quoting, anchors, aliases, tags, block scalars, comments,
//! blank lines, line ends, byte order mark. Lines are moved to the indentation of their new place.
//!
//! **A wrong merge does not happen silently.** While text is written, the meaning it has to have is computed from the
//! parts; then the text is read again by a real parser, and if it means anything else (an alias whose anchor went, a
//! TOML key that fell under another header) the merge is done again entity by entity, and at last as one conflict of
//! two files. What the layout of a text gives no safe place (YAML's complex keys) is merged as one value.
//!
//! Without conflict the result is the same whichever version is called mine.
//!
//! ```
//! use workbench::configurations::merge::{merge, Answer, Format};
//!
//! let base = "# who is seen when\nclinic:\n  interval: 28 # days\n  rooms: [A, B]\n";
//! let mine = "# who is seen when\nclinic:\n  interval: 42 # days\n  rooms: [A, B]\n";
//! let theirs = "# who is seen when\nclinic:\n  interval: 28 # days\n  rooms: [A, B, C]\n";
//! let merged = merge(Format::Yaml, base, theirs, mine)?;
//! assert_eq!(
//!     merged.text(),
//!     Some("# who is seen when\nclinic:\n  interval: 42 # days\n  rooms: [A, B, C]\n")
//! );
//!
//! let theirs = "# who is seen when\nclinic:\n  interval: 56 # days\n  rooms: [A, B]\n";
//! let merged = merge(Format::Yaml, base, theirs, mine)?;
//! let [conflict] = merged.conflicts() else { panic!() };
//! assert_eq!(conflict.path.to_string(), "clinic.interval");
//! assert_eq!(conflict.theirs.text, "interval: 56");
//! assert_eq!(conflict.theirs.lines.map(|lines| lines.first), Some(3));
//! let text = merged.resolve(&[(conflict.id, Answer::Text("interval: 49".into()))])?;
//! assert!(text.contains("  interval: 49 # days\n"));
//! # Ok::<(), workbench::configurations::merge::MergeError>(())
//! ```
//!
//! Pure functions: no files, no clock, nothing asynchronous. They compile to WASM.

mod engine;
mod error;
mod form;
mod format;
mod outline;
mod place;
mod prepare;
mod threeway;
mod tree;
mod types;

pub use self::{
    error::{Fault, MergeError, Which},
    form::{Field, FieldError, FieldValue, Form, forms, set_field},
    format::Format,
    outline::{Entity, Outline, etag, outline},
    place::{locate, value},
    threeway::Merge,
    types::{Answer, Change, Conflict, Excerpt, Lines, Merged, Path, Reason, Side, Step},
};

/// Nesting that is read. Deeper texts are refused before they can exhaust the stack; configurations have 5 to 10.
pub const MAX_DEPTH: usize = 100;
/// Values of a text with its aliases written out, a long text counting once for each 64 bytes. Real files of 20,000
/// lines have some 50,000; an alias bomb has billions.
pub const MAX_NODES: usize = 1_000_000;
/// Bytes of a text. A merge holds some ten times as much in memory.
pub const MAX_BYTES: usize = 16 << 20;

/// Brings two versions of a text together that both came from `base`.
///
/// # Errors
/// [`MergeError::Unreadable`] if one of the texts is not valid in its format, says a key twice, is nested or aliased
/// too deeply, or is too long; with the text, the line and the column.
///
/// ```
/// use workbench::configurations::merge::{merge, Format, MergeError, Which};
/// let broken = merge(Format::Json, "{}", "{\"a\": }", "{}");
/// assert!(matches!(broken, Err(MergeError::Unreadable { which: Which::Theirs, line: 1, column: 7, .. })));
/// ```
pub fn merge(format: Format, base: &str, theirs: &str, mine: &str) -> Result<Merge, MergeError> {
    Merge::new(format, base, theirs, mine)
}
