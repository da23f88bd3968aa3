//! Values of a comparison as people read them.

use workbench::compare::{Difference, Value};

use crate::components::format;

/// With the same decimals in a whole column: `−2.40`.
pub(super) fn fixed(value: f64, decimals: u8) -> String {
    let text = format::number(value, decimals);
    let decimals = usize::from(decimals);
    let have = text
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    let point = if have == 0 && decimals > 0 { "." } else { "" };
    [&text, point, &"0".repeat(decimals - have.min(decimals))].concat()
}

/// With its sign.
pub(super) fn signed(value: f64, decimals: u8) -> String {
    let text = fixed(value, decimals);
    match text.starts_with('−') || text.trim_matches(['0', '.']).is_empty() {
        true => text,
        false => ["+", &text].concat(),
    }
}

/// A p as journals print it.
pub(super) fn p(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(p) if p < 0.0001 => "< 0.0001".to_owned(),
        Some(p) => fixed(p, 4),
    }
}

/// A value, where somebody is counted.
pub(super) fn middle(value: &Value, decimals: u8) -> String {
    match value.n {
        0 => "–".to_owned(),
        _ => fixed(value.value, decimals),
    }
}

/// Half of its interval, which one patient has not.
pub(super) fn half(value: &Value, decimals: u8) -> String {
    match value.n {
        0 | 1 => String::new(),
        _ => ["± ", &fixed(value.half, decimals)].concat(),
    }
}

/// An interval in words.
pub(super) fn interval(low: f64, high: f64, decimals: u8) -> String {
    [&fixed(low, decimals), " to ", &fixed(high, decimals)].concat()
}

/// Whether an interval leaves out 0.
pub(super) fn is_apart(far: &Difference) -> bool {
    far.low > 0.0 || far.high < 0.0
}

#[cfg(test)]
mod tests {
    use workbench::compare::Value;

    use super::{fixed, half, middle, p, signed};

    #[test]
    fn a_column_has_the_same_decimals() {
        assert_eq!(
            [2.0, -2.4, 0.04, 1234.0].map(|v| fixed(v, 1)),
            ["2.0", "−2.4", "0.0", "1,234.0"]
        );
        assert_eq!(
            [0.31, -0.31, 0.0, -0.001].map(|v| signed(v, 1)),
            ["+0.3", "−0.3", "0.0", "0.0"]
        );
        assert_eq!(fixed(12.0, 0), "12");
    }

    #[test]
    fn of_nobody_no_number_is_told_and_of_one_no_interval() {
        let told = |n| {
            let value = Value {
                n,
                value: 0.0,
                half: 0.0,
            };
            [middle(&value, 1), half(&value, 1)]
        };
        assert_eq!(told(0), ["–", ""]);
        assert_eq!(told(1), ["0.0", ""]);
        assert_eq!(told(2), ["0.0", "± 0.0"]);
    }

    #[test]
    fn a_small_p_is_told_as_a_bound() {
        assert_eq!(
            [Some(0.05), Some(1e-9), None].map(p),
            ["0.0500", "< 0.0001", "–"]
        );
    }
}
