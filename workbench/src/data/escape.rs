//! Spreadsheets run cells that look like formulas. What we keep is never changed; what leaves as
//! CSV passes through here.

use std::borrow::Cow;

/// Puts an apostrophe before a cell that a spreadsheet would run, after OWASP, "CSV Injection":
/// a first character of `=`, `+`, `-`, `@`, tab, carriage return or line feed, also in full width.
/// Signed numbers (`-1.5`, `+3`, `-1,5`, `-2e-5`) are left alone: they are no formulas.
pub fn escape_formula(cell: &str) -> Cow<'_, str> {
    let is_dangerous = match cell.chars().next() {
        Some('=' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => true,
        Some('+' | '-') => !is_signed_number(cell),
        _ => false,
    };
    if is_dangerous {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Digits with at most one decimal separator and an exponent: nothing a formula could be made of.
fn is_signed_number(cell: &str) -> bool {
    let unsigned = &cell[1..];
    unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',')
        && unsigned
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'e' | b'E' | b'+' | b'-'))
        && unsigned.replace(',', ".").parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::escape_formula;

    #[test]
    fn what_a_spreadsheet_would_run_gets_an_apostrophe() {
        for cell in [
            "=cmd()",
            "=1+1",
            "@SUM(A1)",
            "+cmd",
            "-cmd|' /C calc'!A0",
            "-1+1",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            "-",
            "+1-2",
            "-1.5.2",
        ] {
            assert_eq!(escape_formula(cell), format!("'{cell}"));
        }
    }

    #[test]
    fn numbers_and_plain_text_are_left_alone() {
        for cell in [
            "", "a", "-1", "-1.5", "+3", "-1,5", "-2e-5", "1=1", "a=b", "'=1", "-.5",
        ] {
            assert_eq!(escape_formula(cell), cell);
        }
    }
}
