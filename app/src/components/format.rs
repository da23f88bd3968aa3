//! Numbers as people read them: 1,945 rows, 78.2 kB, 26.28 to 78.44.

/// `1945` as `1,945`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `78173` as `78.2 kB`.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if number < 1_000 {
        return format!("{number} B");
    }
    let mut value = number as f64 / 1_000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// A value with at most `decimals`, thousands separated, without a needless `.0`.
pub(crate) fn number(value: f64, decimals: u8) -> String {
    let text = format!("{:.*}", usize::from(decimals), value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole = whole
        .parse::<u64>()
        .map_or_else(|_| whole.to_owned(), count);
    let sign = if value < 0.0 && (whole != "0" || !fraction.is_empty()) {
        "−"
    } else {
        ""
    };
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

/// `3 tables`, `1 table`.
pub(crate) fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{bytes, count, number, plural};

    #[test]
    fn thousands_are_separated() {
        assert_eq!(
            [0, 999, 1_000, 1_945, 1_000_000].map(count),
            ["0", "999", "1,000", "1,945", "1,000,000"]
        );
    }

    #[test]
    fn sizes_have_one_decimal_and_a_unit() {
        assert_eq!(
            [12, 6_382, 78_173, 999_999, 2_147_483_648].map(bytes),
            ["12 B", "6.4 kB", "78.2 kB", "1.0 MB", "2.1 GB"]
        );
    }

    #[test]
    fn numbers_keep_what_matters() {
        assert_eq!(number(26.28, 2), "26.28");
        assert_eq!(number(41.0, 1), "41");
        assert_eq!(number(13_862.4, 1), "13,862.4");
        assert_eq!(number(-0.483, 3), "−0.483");
        assert_eq!(number(-0.0, 2), "0");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(plural(1, "table", "tables"), "1 table");
        assert_eq!(plural(2, "table", "tables"), "2 tables");
    }
}
