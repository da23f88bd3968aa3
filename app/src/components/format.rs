//! Numbers and times as people read them: 1,945 rows, 78.2 kB, 26.28 to 78.44, 14 min ago.

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

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

/// How long ago, in the largest unit, for a narrow column: `now`, `14 min`, `3 h`, `2 d`. Both in milliseconds since 1970.
pub(crate) fn age(now: i64, at: i64) -> String {
    let passed = now.saturating_sub(at).max(0);
    match passed {
        ..MINUTE => "now".to_owned(),
        MINUTE..HOUR => [&(passed / MINUTE).to_string(), " min"].concat(),
        HOUR..DAY => [&(passed / HOUR).to_string(), " h"].concat(),
        _ => [&(passed / DAY).to_string(), " d"].concat(),
    }
}

/// The same in a sentence: `just now`, `14 min ago`.
pub(crate) fn ago(now: i64, at: i64) -> String {
    if now.saturating_sub(at) < MINUTE {
        return "just now".to_owned();
    }
    [&age(now, at), " ago"].concat()
}

/// A sentence out of an error's words: with a capital letter and a full stop.
#[cfg(feature = "ssr")]
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use super::{DAY, HOUR, MINUTE, age, ago, bytes, count, number, plural};

    #[test]
    fn the_largest_unit_tells_how_long_ago() {
        let cases = [
            (0, "now", "just now"),
            (59_999, "now", "just now"),
            (MINUTE, "1 min", "1 min ago"),
            (3 * HOUR + 1, "3 h", "3 h ago"),
            (9 * DAY, "9 d", "9 d ago"),
        ];
        let now = 1_000 * DAY;
        for (passed, short, sentence) in cases {
            assert_eq!(age(now, now - passed), short);
            assert_eq!(ago(now, now - passed), sentence);
        }
        assert_eq!((age(0, 5), ago(0, 5)), ("now".into(), "just now".into()));
    }

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
