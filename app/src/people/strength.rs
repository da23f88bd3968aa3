//! Which passwords are good enough to be somebody's.

use super::Email;

/// Shortest password. NIST SP 800-63B and ASVS 6.2.1 ask for 8; most of the passwords that are tried first are shorter
/// than ten.
pub(super) const MIN_CHARS: usize = 10;
/// Longest: a sentence, and nothing that only costs time to hash.
const MAX_BYTES: usize = 256;
/// What is tried first among passwords of ten characters and more.
const COMMON: &[&str] = &[
    "1234567890",
    "0123456789",
    "0987654321",
    "1111111111",
    "qwertyuiop",
    "qwerty1234",
    "qwerty12345",
    "qwerty123456",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "zaq12wsxcde3",
    "password12",
    "password123",
    "password1234",
    "passw0rd123",
    "passwordpassword",
    "iloveyou12",
    "iloveyou123",
    "letmein123",
    "welcome123",
    "welcome1234",
    "admin12345",
    "admin123456",
    "administrator",
    "changeme123",
    "changemenow",
    "football123",
    "baseball123",
    "sunshine123",
    "princess123",
    "superman123",
    "dragon12345",
    "monkey12345",
    "master12345",
    "abc1234567",
    "abcd1234567",
    "abcdefghij",
    "aaaaaaaaaa",
    "asdfghjkl1",
    "asdfghjkl;",
    "q1w2e3r4t5",
    "123456789a",
    "a123456789",
    "12345678910",
    "123123123123",
    "987654321a",
    "holdfast123",
    "holdfastholdfast",
    "correcthorse",
    "trustno1trustno1",
];

/// Whether a password is good enough to be somebody's. Any characters, no rules about which.
pub(super) fn check(password: &str, email: &Email, name: &str) -> Result<(), &'static str> {
    if password.chars().count() < MIN_CHARS {
        return Err("use at least 10 characters");
    }
    if password.len() > MAX_BYTES {
        return Err("use at most 256 bytes");
    }
    let lower = password.to_lowercase();
    let mut kinds: Vec<char> = lower.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    let local = email.as_str().split('@').next().unwrap_or_default();
    let own = [local, email.as_str(), &name.to_lowercase()];
    let is_own = own
        .iter()
        .any(|part| part.chars().count() >= 4 && lower.contains(*part));
    if is_own {
        return Err("leave your own name and address out of it");
    }
    if COMMON.contains(&lower.as_str()) || kinds.len() < 4 {
        return Err("this is among the passwords that are tried first");
    }
    Ok(())
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
