//! The order people expect of names with numbers in them: 1, 2, 10; FU1, FU2, FU12.

use std::cmp::Ordering;

/// Compares text in natural order: runs of digits by their number, the rest by its characters.
/// Equal numbers written differently (`1`, `01`) fall back to the plain order, so that the order
/// is total.
pub fn natural_order(left: &str, right: &str) -> Ordering {
    let (mut a, mut b) = (left, right);
    loop {
        let (digits_a, digits_b) = (leading_digits(a), leading_digits(b));
        if digits_a > 0 && digits_b > 0 {
            let order = compare_digits(&a[..digits_a], &b[..digits_b]);
            if order.is_ne() {
                return order;
            }
            (a, b) = (&a[digits_a..], &b[digits_b..]);
            continue;
        }
        let (mut rest_a, mut rest_b) = (a.chars(), b.chars());
        match (rest_a.next(), rest_b.next()) {
            (None, None) => return left.cmp(right),
            (x, y) if x == y => (a, b) = (rest_a.as_str(), rest_b.as_str()),
            (x, y) => return x.cmp(&y),
        }
    }
}

fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Digits of any length, so no number can overflow.
fn compare_digits(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::natural_order;

    #[test]
    fn numbers_inside_names_count_as_numbers() {
        let mut visits = [
            "FU12", "FU2", "BAS10", "10", "BAS1", "1", "2", "visit1", "01", "FU",
        ];
        visits.sort_by(|a, b| natural_order(a, b));
        assert_eq!(
            visits,
            [
                "01", "1", "2", "10", "BAS1", "BAS10", "FU", "FU2", "FU12", "visit1"
            ]
        );
    }
}
