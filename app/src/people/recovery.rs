//! Recovery codes: the way in for who lost their authenticator. Each has 120 random bits and is good once; what is kept is
//! its hash.

use data_encoding::BASE32_NOPAD;

use super::links;

/// Codes that are made at once.
pub(super) const MANY: usize = 10;
/// 120 bits, which are 24 letters and digits: no need to make guessing slow (ASVS 6.5.2 asks for 112).
const BYTES: usize = 15;
/// Letters between two hyphens.
const GROUP: usize = 6;

/// New ones: four groups of six letters and digits.
pub(super) fn fresh() -> Vec<String> {
    (0..MANY).map(|_| one(rand::random())).collect()
}

fn one(bytes: [u8; BYTES]) -> String {
    let text = BASE32_NOPAD.encode(&bytes).to_lowercase();
    let groups = text.as_bytes().chunks(GROUP);
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join("-")
}

/// What of a code is kept. How it is written makes no difference.
pub(super) fn digest(typed: &str) -> String {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    links::digest(&format!("recovery/{}", plain.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_ten_different_ones_that_can_be_typed() {
        let codes = fresh();
        assert_eq!(codes.len(), MANY);
        let mut different = codes.clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), MANY);
        assert_eq!(one([0xff; BYTES]), "777777-777777-777777-777777");
    }

    #[test]
    fn a_code_is_known_however_it_is_written() {
        let code = one([0x5a; BYTES]);
        let loud = format!(" {} ", code.to_uppercase().replace('-', " "));
        assert_eq!(digest(&code), digest(&loud));
        assert_ne!(digest(&code), digest(&code[1..]));
        assert!(!digest(&code).contains(&code[..6]));
    }
}
