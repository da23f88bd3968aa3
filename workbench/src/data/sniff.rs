//! What kind of file it is, from its first bytes and its name; the content has the last word.

use std::io::Cursor;

use super::{
    csv::{Cells, RowLimits},
    encoding::Encoding,
    row::Row,
    source::Job,
    survey::HEAD_BYTES,
    types::SourceFormat,
};
use crate::Error;

/// Rows compared when the delimiter is looked for.
const SAMPLE_ROWS: usize = 100;

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// First bytes of files that people drop by mistake, what they are, and what to do.
const MAGIC: [(&[u8], &str, &str); 17] = [
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", DROP_ANOTHER),
    (b"\xFF\xD8\xFF", "a JPEG picture", DROP_ANOTHER),
    (b"GIF8", "a GIF picture", DROP_ANOTHER),
    (
        b"%PDF-",
        "a PDF document",
        "Ask for the data behind it as CSV.",
    ),
    (
        b"PK\x03\x04",
        "a ZIP archive",
        "Unpack it and drop the files inside.",
    ),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"\xFD7zXZ", "an xz archive", "Unpack it first."),
    (
        b"\x28\xB5\x2F\xFD",
        "a Zstandard archive",
        "Unpack it first.",
    ),
    (b"7z\xBC\xAF", "a 7-Zip archive", "Unpack it first."),
    (
        b"\xD0\xCF\x11\xE0",
        "an old Excel or Word document",
        "Save the sheet as CSV.",
    ),
    (
        b"SQLite format 3",
        "an SQLite database",
        "Export its table as CSV.",
    ),
    (
        b"\x89HDF\r\n\x1a\n",
        "an HDF5 file",
        "Export its table as CSV or Parquet.",
    ),
    (b"ARROW1", "an Arrow file", "Save the table as Parquet."),
    (b"$FL2", "an SPSS file", "Save the table as CSV."),
    (b"<stata_dta>", "a Stata file", "Save the table as CSV."),
    (b"\x7FELF", "a program", DROP_ANOTHER),
];

const DROP_ANOTHER: &str = "Drop a CSV, TSV, Parquet or JSON lines file.";

/// How the file is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Separated,
    JsonLines,
    Parquet,
}

/// Tells the format, or says what the file is instead of a table.
pub(super) fn format_of(job: &Job, head: &[u8]) -> Result<Format, Error> {
    if head.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if let Some((_, what, advice)) = MAGIC.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return Err(if is_workbook(head) {
            job.bad_file("this is an Excel workbook, not a table. Save the sheet as CSV.")
        } else {
            job.bad_file(format!("this is {what}, not a table. {advice}"))
        });
    }
    let text = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .trim_ascii_start();
    let opening: Vec<u8> = text.iter().take(14).map(u8::to_ascii_lowercase).collect();
    if opening.starts_with(b"<!doctype html") || opening.starts_with(b"<html") {
        return Err(job.bad_file("this is a web page, not a table. Download the file itself."));
    }
    match extension(&job.file).as_str() {
        "parquet" | "pq" => Err(job.bad_file(
            "this is no Parquet file: it does not begin with PAR1. It is damaged or not what its name says; export it again.",
        )),
        "jsonl" | "ndjson" | "json" => Ok(Format::JsonLines),
        _ if text.starts_with(b"{") && is_json_line(text) => Ok(Format::JsonLines),
        _ => Ok(Format::Separated),
    }
}

/// The delimiter that makes the most even table of the first rows.
pub(super) fn delimiter(job: &Job, head: &[u8], encoding: Encoding) -> Result<u8, Error> {
    let mut sample = Vec::new();
    let head_reader: Box<dyn std::io::Read + Send> = Box::new(Cursor::new(head.to_vec()));
    let mut decoded = encoding
        .decode(head_reader)
        .map_err(|e| job.source.io_error(e))?;
    // A character cut at the end of the sample is no fault of the file.
    let _ = std::io::copy(&mut decoded, &mut sample);
    let is_cut = head.len() >= HEAD_BYTES;
    let is_named_tsv = matches!(extension(&job.file).as_str(), "tsv" | "tab");
    let best = DELIMITERS
        .iter()
        .filter_map(|delimiter| {
            let score = evenness(&sample, *delimiter, is_cut)?;
            Some((*delimiter == b'\t' && is_named_tsv, score, *delimiter))
        })
        .reduce(|best, next| {
            if (next.0, next.1) > (best.0, best.1) {
                next
            } else {
                best
            }
        });
    let otherwise = if is_named_tsv { b'\t' } else { b',' };
    Ok(best.map_or(otherwise, |(_, _, delimiter)| delimiter))
}

/// The format as a reader of the table knows it.
pub(super) fn shown_format(format: Format, delimiter: u8) -> SourceFormat {
    match format {
        Format::Parquet => SourceFormat::Parquet,
        Format::JsonLines => SourceFormat::JsonLines,
        Format::Separated if delimiter == b'\t' => SourceFormat::Tsv,
        Format::Separated => SourceFormat::Csv,
    }
}

/// Tenths of the rows that have the header's width, then that width; `None` if it is one cell.
fn evenness(sample: &[u8], delimiter: u8, is_cut: bool) -> Option<(usize, usize)> {
    let limits = RowLimits {
        cell_bytes: HEAD_BYTES,
        row_bytes: HEAD_BYTES,
    };
    let mut cells = Cells::new(Cursor::new(sample), delimiter, limits);
    let mut row = Row::default();
    let mut widths = Vec::with_capacity(SAMPLE_ROWS);
    while widths.len() < SAMPLE_ROWS && matches!(cells.next(&mut row), Ok(true)) {
        widths.push(row.len());
    }
    if is_cut && widths.len() > 1 && widths.len() < SAMPLE_ROWS {
        widths.pop();
    }
    let header = *widths.first()?;
    let even = widths.iter().filter(|width| **width == header).count();
    (header > 1).then(|| (even * 10 / widths.len(), header))
}

fn is_json_line(text: &[u8]) -> bool {
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default();
    serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line).is_ok()
}

/// A workbook is a ZIP archive whose first entries are named so.
fn is_workbook(head: &[u8]) -> bool {
    let start = &head[..head.len().min(4_096)];
    start.starts_with(b"PK")
        && [b"[Content_Types].xml".as_slice(), b"xl/"]
            .iter()
            .any(|name| start.windows(name.len()).any(|window| window == *name))
}

fn extension(file: &str) -> String {
    file.rsplit_once('.')
        .map(|(_, e)| e.to_ascii_lowercase())
        .unwrap_or_default()
}
