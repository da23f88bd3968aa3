//! Stored answers of scipy and pandas (made by `make.py`), and how near ours must be.

use serde_json::Value;

/// Relative to the larger of both; `floor` is what counts as nothing.
pub fn assert_close(what: &str, ours: f64, theirs: f64, floor: f64) {
    let allowed = 1e-6 * theirs.abs().max(floor);
    assert!(
        (ours - theirs).abs() <= allowed,
        "{what}: ours {ours:e}, theirs {theirs:e}"
    );
}

/// One of the stored files.
pub fn stored(text: &str) -> Value {
    serde_json::from_str(text).expect("a stored reference is JSON")
}

/// A number in it.
pub fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

/// Numbers in it.
pub fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(number)
        .collect()
}

/// Cases in it.
pub fn cases(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}
