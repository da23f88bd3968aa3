//! Numbers in sentences.

/// `1,000,000`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A p value: `0.031`, `2.9e-60`.
pub(super) fn p_value(p: f64) -> String {
    if p >= 0.001 {
        format!("{p:.3}")
    } else if p > 0.0 {
        format!("{p:.1e}")
    } else {
        "below 1e-300".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{count, p_value};

    #[test]
    fn thousands_are_set_apart_and_small_p_keeps_its_power() {
        assert_eq!(
            [7, 999, 1_123, 1_000_000].map(count),
            ["7", "999", "1,123", "1,000,000"]
        );
        assert_eq!(
            [0.0312, 2.87e-60, 0.0].map(p_value),
            ["0.031", "2.9e-60", "below 1e-300"]
        );
    }
}
