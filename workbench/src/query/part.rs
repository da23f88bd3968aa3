//! A part that texts are searched for, whatever its case.

use memchr::memchr2_iter;

use super::rule::fold;

/// The only letters beyond ASCII whose lower case begins with one of it: the sign of the kelvin and the dotted I.
const LOWERED_TO_ASCII: [char; 2] = ['\u{212a}', '\u{130}'];

/// The part, in lower case and never empty.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part(String);

impl Part {
    /// What to look for. Blanks around it do not count, and nothing is no part.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(fold(text)))
    }

    /// Whether a text contains it.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let is_plain = || text.is_ascii() || !text.contains(LOWERED_TO_ASCII);
        if self.0.is_ascii() && is_plain() {
            self.is_in_bytes(text.as_bytes())
        } else {
            fold(text).contains(&self.0)
        }
    }

    /// Without a lower-case copy of the text: a letter of ASCII has one other case, and no byte of another letter looks
    /// like it.
    fn is_in_bytes(&self, text: &[u8]) -> bool {
        let part = self.0.as_bytes();
        let Some(last) = text.len().checked_sub(part.len()) else {
            return false;
        };
        let first = part[0];
        let mut starts = memchr2_iter(first, first.to_ascii_uppercase(), &text[..=last]);
        starts.any(|at| text[at..at + part.len()].eq_ignore_ascii_case(part))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Part;

    fn is_in(part: &str, text: &str) -> bool {
        Part::of(part).is_some_and(|part| part.is_in(text))
    }

    #[test]
    fn a_part_is_found_whatever_its_case_and_wherever_it_stands() {
        for (part, text) in [
            ("oedema", "Oedema, mild"),
            ("OEDEMA", "no oedema"),
            (" mild ", "mild"),
            ("5 %", "about 5 %"),
            ("aab", "aaab"),
            ("ÄRZ", "die Ärzte"),
            ("zt", "Ärzte"),
            ("300 \u{212a}", "at 300 \u{212a}"),
            ("300 k", "at 300 \u{212a}"),
            ("\u{130}zmir", "\u{130}ZM\u{130}R, \u{130}zmir"),
            ("ΟΔΟΣ", "ΟΔΟΣΑ"),
            ("Σ", "ΝΟΣ"),
            ("νος", "ΝΟΣΟΣ"),
        ] {
            assert!(is_in(part, text), "{part} in {text}");
        }
        for (part, text) in [
            ("oedema", "oedem"),
            ("oedema", ""),
            ("a b", "a  b"),
            ("[", "{"),
            ("@", "`"),
            ("é", "e"),
        ] {
            assert!(!is_in(part, text), "{part} in {text}");
        }
    }

    #[test]
    fn nothing_is_no_part() {
        assert_eq!((Part::of(""), Part::of(" \t")), (None, None));
    }

    proptest! {
        #[test]
        fn parts_without_a_copy_are_those_of_the_copy(
            part in "[abA-Z0 -]{1,4}",
            text in "[abABikö\u{212a}\u{130} -]{0,12}",
        ) {
            let expected = Part::of(&part).is_some_and(|it| text.to_lowercase().contains(&it.0));
            prop_assert_eq!(is_in(&part, &text), expected);
        }
    }
}
