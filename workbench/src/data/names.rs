//! Names that came with a file: what people call the table, and what is safe to show.

/// Characters of a table's name: enough to tell tables apart, short enough for an export's name.
pub const MAX_NAME: usize = 64;

/// Characters kept of a file's name.
pub const MAX_FILE_NAME: usize = 255;

/// Names that Windows keeps for devices; an export named so could not be saved there.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The table's name for a file's name: no folder, no extension, and only letters, digits, `-` and
/// `_`, so that it can stand in a column name (`labs.day`), a file name and a URL. At most
/// [`MAX_NAME`] characters; never empty.
pub fn sanitise_name(file_name: &str) -> String {
    let base = base_name(file_name);
    let stem = match base.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => base.trim_start_matches('.'),
    };
    let mut name = String::with_capacity(stem.len());
    for c in stem.trim().chars() {
        let c = if c.is_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        };
        if c != '_' || !name.ends_with('_') {
            name.push(c);
        }
    }
    let name: String = name.chars().take(MAX_NAME).collect();
    let name = name.trim_matches(['_', '-']);
    if name.is_empty() {
        return "table".to_owned();
    }
    let letters = name
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .to_lowercase();
    if RESERVED.contains(&letters.as_str()) {
        return format!("{name}_table");
    }
    name.to_owned()
}

/// The file's name as shown and kept: no folder, no control characters, at most
/// [`MAX_FILE_NAME`] characters with the extension still there.
pub fn shown_file_name(file_name: &str) -> String {
    let base: String = base_name(file_name)
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let length = base.chars().count();
    if length <= MAX_FILE_NAME {
        return if base.is_empty() {
            "unnamed".to_owned()
        } else {
            base
        };
    }
    let extension = base
        .rsplit_once('.')
        .map(|(_, extension)| format!(".{extension}"))
        .filter(|extension| extension.len() <= 10)
        .unwrap_or_default();
    let kept = MAX_FILE_NAME - extension.chars().count() - 1;
    let stem: String = base.chars().take(kept).collect();
    format!("{stem}…{extension}")
}

/// Browsers on some systems send whole paths, with either separator.
fn base_name(file_name: &str) -> &str {
    file_name.rsplit(['/', '\\']).next().unwrap_or(file_name)
}

#[cfg(test)]
mod tests {
    use super::{MAX_FILE_NAME, MAX_NAME, sanitise_name, shown_file_name};

    #[test]
    fn a_table_is_called_after_its_file() {
        for (file, name) in [
            ("labs.csv", "labs"),
            ("biopsy scores (v2).final.csv", "biopsy_scores_v2_final"),
            ("../../etc/passwd", "passwd"),
            ("C:\\data\\labs.csv", "labs"),
            ("größe.tsv", "größe"),
            (".csv", "csv"),
            ("", "table"),
            ("***.csv", "table"),
            ("NUL.csv", "NUL_table"),
            ("com1.csv", "com1_table"),
            ("a\u{0}b\u{202e}.csv", "a_b"),
        ] {
            assert_eq!(sanitise_name(file), name, "{file:?}");
        }
    }

    #[test]
    fn over_long_names_are_cut() {
        let long = format!("{}.csv", "ä".repeat(400));
        assert_eq!(sanitise_name(&long).chars().count(), MAX_NAME);
        let shown = shown_file_name(&long);
        assert_eq!(shown.chars().count(), MAX_FILE_NAME);
        assert!(shown.ends_with("….csv"));
    }
}
