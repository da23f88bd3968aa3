//! Which value a YAML scalar has: the core schema of YAML 1.2, section 10.3.2.

use crate::configurations::merge::tree::Scalar;

/// A scalar with its tag, plain or quoted.
pub(super) fn scalar(text: &str, is_plain: bool, tag: Option<&str>) -> Scalar {
    match tag.and_then(|tag| tag.strip_prefix("tag:yaml.org,2002:")) {
        Some("str") => Scalar::Text(text.to_owned()),
        Some("float") => plain(text)
            .and_then(as_float)
            .unwrap_or_else(|| Scalar::Text(text.to_owned())),
        Some("int" | "bool" | "null") => {
            plain(text).unwrap_or_else(|| Scalar::Text(text.to_owned()))
        }
        _ if is_plain && tag.is_none() => plain(text).unwrap_or_else(|| {
            if is_doubtful(text) {
                Scalar::Word(text.to_owned())
            } else {
                Scalar::Text(text.to_owned())
            }
        }),
        _ => Scalar::Text(text.to_owned()),
    }
}

fn as_float(scalar: Scalar) -> Option<Scalar> {
    match scalar {
        Scalar::Integer(digits) => digits.parse().ok().map(Scalar::float),
        Scalar::Float(_) | Scalar::Special(..) => Some(scalar),
        _ => None,
    }
}

fn plain(text: &str) -> Option<Scalar> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Scalar::Null),
        "true" | "True" | "TRUE" => return Some(Scalar::Bool(true)),
        "false" | "False" | "FALSE" => return Some(Scalar::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => return Some(Scalar::float(f64::NAN)),
        _ => {}
    }
    if !text.starts_with([
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-', '+', '.',
    ]) {
        return None;
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    let (is_negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        let sign = if is_negative { -1.0 } else { 1.0 };
        return Some(Scalar::float(sign * f64::INFINITY));
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        let is_octal_elsewhere = unsigned.len() > 1 && unsigned.starts_with('0');
        return (!is_octal_elsewhere).then(|| Scalar::integer(is_negative, unsigned, 10));
    }
    let is_number = unsigned
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    let begins = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let has_digit = unsigned.bytes().any(|byte| byte.is_ascii_digit());
    (is_number && begins && has_digit)
        .then(|| text.parse().ok().map(Scalar::float))
        .flatten()
}

fn radix(digits: &str, radix: u32) -> Option<Scalar> {
    (!digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)))
        .then(|| Scalar::integer(false, digits, radix))
}

/// Words that YAML 1.1, which many programs still read, takes for a truth value, a number or a date.
fn is_doubtful(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "<<" | "="
    ) || text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
        && text.bytes().any(|byte| byte.is_ascii_digit())
}
