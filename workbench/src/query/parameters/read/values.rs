//! Values of TOML as a query means them.

use toml::{Spanned, de::DeValue};

/// A text, or what is as good as one: a visit may be `1`, a value `true`.
pub(super) fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => whole(number.as_str(), number.radix()).map(|it| it.to_string()),
        DeValue::Float(_) => number(value).map(|it| it.to_string()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// A number; `nan` is none.
#[expect(
    clippy::cast_precision_loss,
    reason = "a range's ends are numbers with 53 bits everywhere"
)]
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(number) => {
            whole(number.as_str(), number.radix()).map(|number| number as f64)
        }
        DeValue::Float(number) => {
            let number: Option<f64> = number.as_str().parse().ok();
            number.filter(|number| !number.is_nan())
        }
        _ => None,
    }
}

/// `true` or `false`.
pub(super) fn flag(value: &DeValue<'_>) -> Option<bool> {
    match value {
        DeValue::Boolean(value) => Some(*value),
        _ => None,
    }
}

/// A list.
pub(super) fn list<'a, 't>(value: &'a DeValue<'t>) -> Option<&'a [Spanned<DeValue<'t>>]> {
    match value {
        DeValue::Array(items) => Some(items),
        _ => None,
    }
}

fn whole(digits: &str, radix: u32) -> Option<i64> {
    i64::from_str_radix(digits, radix).ok()
}
