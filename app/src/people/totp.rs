//! One-time codes by RFC 6238, as authenticator apps make them: SHA-1, six digits, thirty seconds.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac};
use holdfast::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha1::Sha1;

/// What RFC 4226 (4, R6) recommends: 160 random bits.
const KEY_BYTES: usize = 20;
/// A block of SHA-1. A shorter key is filled up with zeros (RFC 2104, 2).
const BLOCK_BYTES: usize = 64;
/// Milliseconds of one time step.
const STEP_MS: i64 = 30_000;
/// Digits of a code.
const DIGITS: usize = 6;
/// Codes there are.
const CODES: u32 = 1_000_000;

/// A code that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code(u32);

impl Code {
    /// Six digits; apps show a space between the third and the fourth.
    pub(super) fn parse(typed: &str) -> Option<Self> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        is_code.then(|| digits.parse().ok().map(Self)).flatten()
    }
}

/// What an app and the server both know.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key([u8; KEY_BYTES]);

impl Key {
    pub(super) fn random() -> Self {
        Self(rand::random())
    }

    /// As text, for who cannot take a picture of it: 32 letters and digits.
    pub(super) fn text(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// What the picture says: which account the key is for, and the key.
    pub(super) fn address(&self, email: &str) -> String {
        let email = utf8_percent_encode(email, NON_ALPHANUMERIC);
        let key = self.text();
        format!("otpauth://totp/Holdfast:{email}?secret={key}&issuer=Holdfast")
    }

    /// The step whose code this is: now, one before or one after, for clocks that differ. Never one that was used, nor one
    /// before it.
    pub(super) fn step_of(&self, code: Code, now: Timestamp, used: i64) -> Option<i64> {
        let here = now.0.div_euclid(STEP_MS);
        let steps = here - 1..=here + 1;
        steps
            .filter(|step| *step > used)
            .find(|step| self.code(*step) == code)
    }

    /// The code of a step (RFC 4226, 5.3).
    fn code(&self, step: i64) -> Code {
        let mut block = [0; BLOCK_BYTES];
        block[..KEY_BYTES].copy_from_slice(&self.0);
        let mut hash = <Hmac<Sha1> as Mac>::new(&block.into());
        hash.update(&step.to_be_bytes());
        let hash = hash.finalize().into_bytes();
        let at = usize::from(hash[hash.len() - 1] & 0xf);
        let four = [hash[at], hash[at + 1], hash[at + 2], hash[at + 3]];
        Code((u32::from_be_bytes(four) & 0x7fff_ffff) % CODES)
    }
}

/// Never the key.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = BASE32_NOPAD.decode(text.as_bytes()).ok();
        let key = bytes.and_then(|bytes| bytes.try_into().ok()).map(Self);
        key.ok_or_else(|| de::Error::custom("the key of a second factor cannot be read"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the key of its test vectors, seconds, and the last six of its eight digits.
    const KEY: Key = Key(*b"12345678901234567890");
    const VECTORS: [(i64, u32); 6] = [
        (59, 287_082),
        (1_111_111_109, 81_804),
        (1_111_111_111, 50_471),
        (1_234_567_890, 5_924),
        (2_000_000_000, 279_037),
        (20_000_000_000, 353_130),
    ];

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in VECTORS {
            assert_eq!(KEY.code(seconds / 30), Code(code), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_or_late_and_once() {
        let at = |seconds: i64| Timestamp(seconds * 1000);
        let (step, code) = (1, Code(287_082));
        for seconds in [0, 29, 30, 59, 60, 89] {
            assert_eq!(KEY.step_of(code, at(seconds), 0), Some(step), "{seconds}");
        }
        assert_eq!(KEY.step_of(code, at(90), 0), None);
        assert_eq!(KEY.step_of(code, at(59), step), None, "it was used");
        assert_eq!(
            KEY.step_of(code, at(59), step + 1),
            None,
            "a later one was used"
        );
    }

    #[test]
    fn a_code_is_six_digits_with_or_without_a_space() {
        assert_eq!(Code::parse(" 287 082 "), Some(Code(287_082)));
        assert_eq!(Code::parse("005924"), Some(Code(5_924)));
        for typed in ["", "28708", "2870822", "28708x", "+28708", "２８７０８２"] {
            assert_eq!(Code::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_key_is_read_back_and_not_shown() {
        let key = Key::random();
        let kept = serde_json::to_value(&key).ok();
        let read = kept.and_then(|kept| serde_json::from_value::<Key>(kept).ok());
        assert_eq!(read, Some(key));
        assert_eq!(format!("{KEY:?}"), "Key(..)");
        assert!(serde_json::from_value::<Key>("GEZDG".into()).is_err());
        assert_eq!(
            KEY.address("ada+1@lab.org"),
            "otpauth://totp/Holdfast:ada%2B1%40lab%2Eorg?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Holdfast"
        );
    }
}
