//! Which passwords are good enough to be somebody's. The crate `zxcvbn` knows what is tried first.

use super::Email;

/// Shortest password. NIST SP 800-63B and ASVS 6.2.1 ask for 8; most of the passwords that are tried first are shorter
/// than ten.
pub(super) const MIN_CHARS: usize = 10;
/// Longest: a sentence, and nothing that only costs time to hash.
const MAX_BYTES: usize = 256;
/// Characters that are judged. What is hard to guess so far is hard to guess as a whole, and judging takes longer the more
/// there is.
const JUDGED: usize = 40;
/// Words of this program, which are tried here before others.
const OURS: [&str; 2] = ["holdfast", "workbench"];

/// What is said of one that is on the list of stolen ones.
pub(super) const STOLEN: &str = "this password was stolen elsewhere and is on lists";

/// Whether a password is good enough to be somebody's. Any characters, no rules about which.
pub(super) fn check(password: &str, email: &Email, name: &str) -> Result<(), &'static str> {
    if password.chars().count() < MIN_CHARS {
        return Err("use at least 10 characters");
    }
    if password.len() > MAX_BYTES {
        return Err("use at most 256 bytes");
    }
    let lower = password.to_lowercase();
    let local = email.as_str().split('@').next().unwrap_or_default();
    let own = [local, email.as_str(), &name.to_lowercase()];
    let is_own = own
        .iter()
        .any(|part| part.chars().count() >= 4 && lower.contains(*part));
    if is_own {
        return Err("leave your own name and address out of it");
    }
    if is_tried_first(password, &own) {
        return Err("this is among the passwords that are tried first");
    }
    Ok(())
}

/// Whether somebody finds it within a hundred million guesses, who begins with the 30,000 most common passwords, words,
/// names, dates, rows of keys and repetitions, in capitals and with digits for letters.
fn is_tried_first(password: &str, own: &[&str]) -> bool {
    let head: String = password.chars().take(JUDGED).collect();
    let known: Vec<&str> = OURS.iter().chain(own).copied().collect();
    zxcvbn::zxcvbn(&head, &known).score() < zxcvbn::Score::Three
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn passwords_are_judged_by_length_and_by_what_is_tried_first() {
        let email = Email::parse("aiko.kondo@clinic.example").unwrap();
        let judge = |password: &str| check(password, &email, "Aiko Kondo");
        for good in [
            "kelp holds fast",
            "pässwörter zählen",
            "9fj2-kq0x-wm",
            &"x1y2z3w4".repeat(32),
        ] {
            assert_eq!(judge(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "short",
            "ninechars",
            "password123",
            "Password123",
            "P4ssw0rd123",
            "password1234",
            "passwordpassword",
            "1234567890",
            "qwertyuiop",
            "qwerty123456",
            "1q2w3e4r5t",
            "zaq12wsxcde3",
            "iloveyou123",
            "administrator",
            "trustno1trustno1",
            "abcdefghij",
            "123123123123",
            "19811981198119",
            "holdfast123",
            "holdfastholdfast",
            "aaaaaaaaaaaaaa",
            "ababababababab",
            "my aiko kondo 9",
            "aiko.kondo-2026",
            &"x1y2z3w4".repeat(33),
        ] {
            assert!(judge(bad).is_err(), "{bad}");
        }
    }
}
