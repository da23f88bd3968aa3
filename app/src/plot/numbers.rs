//! Numbers of statistics as papers print them.

use crate::components::format::count;

/// The smallest p that a number can tell from 0.
const SMALLEST_POWER: i32 = -300;

/// A value with exactly so many decimals: `3.60`, `−0.461`, `1,344`.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !is_zero { "−" } else { "" };
    format!("{sign}{}", thousands(&text))
}

/// Decimals that give the largest of some values three digits, so that a column keeps one precision.
pub(super) fn decimals_for(values: impl IntoIterator<Item = f64>) -> usize {
    let largest = values
        .into_iter()
        .filter(|v| v.is_finite())
        .fold(0.0_f64, |most, v| most.max(v.abs()));
    decimals(largest, 3)
}

/// A value with so many digits that count: `0.0278`, `3.489`, `14.5`.
pub(super) fn significant(value: f64, digits: i32) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) {
        return scientific(value);
    }
    fixed(value, decimals(size, digits))
}

/// A p value: `0.031`, `2.9 × 10⁻⁶⁰`.
pub(super) fn p_value(p: f64) -> String {
    if p >= 0.001 {
        fixed(p, 3)
    } else if p > 0.0 {
        scientific(p)
    } else {
        format!("below 10{}", superscript(SMALLEST_POWER))
    }
}

/// Whole digits set apart by thousands; anything else as it is. For cells that come as text.
pub(super) fn thousands(text: &str) -> String {
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("−", rest));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    match whole.parse::<u64>() {
        Ok(whole) => format!("{sign}{}{rest}", count(whole)),
        Err(_) => text.to_owned(),
    }
}

fn power(size: f64) -> i32 {
    if size > 0.0 {
        size.log10().floor() as i32
    } else {
        0
    }
}

fn decimals(size: f64, digits: i32) -> usize {
    usize::try_from(digits - 1 - power(size))
        .unwrap_or(0)
        .min(8)
}

fn scientific(value: f64) -> String {
    let text = format!("{value:.1e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.replace('-', "−");
    format!("{mantissa} × 10{}", superscript(power.parse().unwrap_or(0)))
}

fn superscript(power: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |c: char| {
        c.to_digit(10)
            .and_then(|d| DIGITS.get(d as usize).copied())
            .unwrap_or('⁻')
    };
    power.to_string().chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::{decimals_for, fixed, p_value, significant, thousands};

    #[test]
    fn a_tiny_p_is_a_power_of_ten() {
        assert_eq!(
            [2.87e-60, 0.0312, 0.000_42, 0.0].map(p_value),
            ["2.9 × 10⁻⁶⁰", "0.031", "4.2 × 10⁻⁴", "below 10⁻³⁰⁰"]
        );
    }

    #[test]
    fn digits_that_count_are_kept() {
        assert_eq!(significant(0.027_81, 3), "0.0278");
        assert_eq!(significant(-0.483_2, 3), "−0.483");
        assert_eq!(significant(14.52, 3), "14.5");
        assert_eq!(significant(0.0, 3), "0.00");
    }

    #[test]
    fn a_column_has_one_precision() {
        let decimals = decimals_for([0.75, 4.48]);
        assert_eq!(
            [0.75, 4.476, 3.6].map(|v| fixed(v, decimals)),
            ["0.75", "4.48", "3.60"]
        );
        assert_eq!(fixed(-0.001, 2), "0.00");
    }

    #[test]
    fn cells_keep_their_own_precision() {
        assert_eq!(
            ["1344", "-1344.50", "f", "2.40"].map(thousands),
            ["1,344", "−1,344.50", "f", "2.40"]
        );
    }
}
