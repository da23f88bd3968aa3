//! Natural order (`FU2` before `FU12`, `2` before `10`) for a great many texts: as bytes that sort
//! plainly, because comparing a million ids pair by pair takes seconds. The order itself is
//! [`crate::data::natural_order`]'s.

/// Bytes whose plain order is the natural order of the texts. Ties (`a1`, `A01`) are left to the
/// caller, who breaks them by the text itself.
///
/// A run of digits becomes a marker, its length without leading zeros, and its digits; the marker
/// sorts where digits sort among other characters.
pub(crate) fn natural_key(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut key = Vec::with_capacity(bytes.len() + 4);
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            key.push(bytes[at]);
            at += 1;
            continue;
        }
        let run = bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let digits = &bytes[at..at + run];
        let zeros = digits.iter().take_while(|b| **b == b'0').count();
        let digits = &digits[zeros..];
        key.push(b'0');
        key.extend_from_slice(
            &u32::try_from(digits.len())
                .unwrap_or(u32::MAX)
                .to_be_bytes(),
        );
        key.extend_from_slice(digits);
        at += run;
    }
    key
}

/// Positions of `texts` in natural order.
pub(crate) fn natural_order(texts: &[impl AsRef<str>]) -> Vec<usize> {
    let mut keyed: Vec<(Vec<u8>, usize)> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| (natural_key(text.as_ref()), at))
        .collect();
    let by_text = |a: usize, b: usize| texts[a].as_ref().cmp(texts[b].as_ref());
    keyed.sort_unstable_by(|(a, at), (b, bt)| a.cmp(b).then_with(|| by_text(*at, *bt)));
    keyed.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_is_the_one_that_compares_two_texts(
            texts in proptest::collection::vec("[a-bA0-2:/ é]{0,6}", 0..8),
        ) {
            let mut compared = texts.clone();
            compared.sort_by(|a, b| crate::data::natural_order(a, b));
            let keyed: Vec<_> = natural_order(&texts).into_iter().map(|at| texts[at].clone()).collect();
            prop_assert_eq!(keyed, compared);
        }
    }

    #[test]
    fn numbers_in_a_text_count_as_numbers() {
        let texts = [
            "FU12",
            "BAS2",
            "FU2",
            "10",
            "9",
            "BAS10",
            "visit 007",
            "visit 8",
            "",
        ];
        let sorted: Vec<&str> = natural_order(&texts)
            .into_iter()
            .map(|at| texts[at])
            .collect();
        let expected = [
            "",
            "9",
            "10",
            "BAS2",
            "BAS10",
            "FU2",
            "FU12",
            "visit 007",
            "visit 8",
        ];
        assert_eq!(sorted, expected);
    }

    #[test]
    fn equal_keys_are_told_apart_by_their_text() {
        assert_eq!(natural_order(&["A1", "a1", "A01"]), vec![2, 0, 1]);
    }
}
