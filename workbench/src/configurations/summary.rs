//! What changed between two versions, in a line: `intervals.max 112 → 126`.

use serde_json::Value;

/// Places that a summary names before it counts the rest.
const NAMED: usize = 3;
/// Letters of a value that a summary shows.
const SHOWN: usize = 24;

/// The difference of two meanings.
pub(super) fn summary(older: &Value, newer: &Value) -> String {
    let mut found = Vec::new();
    collect(older, newer, "", &mut found);
    if found.is_empty() {
        return "Comments or layout only".into();
    }
    let more = found.len().saturating_sub(NAMED);
    found.truncate(NAMED);
    if more > 0 {
        found.push(format!("{more} more"));
    }
    found.join(", ")
}

fn collect(older: &Value, newer: &Value, path: &str, found: &mut Vec<String>) {
    let below = |key: &str| match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    };
    match (older, newer) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                match after.get(key) {
                    Some(now) => collect(value, now, &below(key), found),
                    None => found.push(format!("{} removed", below(key))),
                }
            }
            let added = after.keys().filter(|key| !before.contains_key(*key));
            found.extend(added.map(|key| format!("{} added", below(key))));
        }
        (before, after) if before == after => {}
        (before, after) => {
            let place = if path.is_empty() { "the file" } else { path };
            found.push(match (short(before), short(after)) {
                (Some(before), Some(after)) => format!("{place} {before} → {after}"),
                _ => format!("{place} changed"),
            });
        }
    }
}

/// A value that fits into a line.
fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => return None,
        other => other.to_string(),
    };
    (text.chars().count() <= SHOWN && !text.contains('\n')).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::summary;

    #[test]
    fn a_summary_names_places_and_values() {
        let older = json!({"a": {"b": 1, "c": [1], "gone": true}, "t": "x"});
        assert_eq!(summary(&older, &older), "Comments or layout only");
        let newer = json!({"a": {"b": 2, "c": [1], "gone": true}, "t": "x"});
        assert_eq!(summary(&older, &newer), "a.b 1 → 2");
        let newer = json!({"a": {"b": 2, "c": [2], "new": 0}, "t": "y"});
        assert_eq!(
            summary(&older, &newer),
            "a.b 1 → 2, a.c changed, a.gone removed, 2 more"
        );
        assert_eq!(summary(&json!(null), &json!({"a": 1})), "the file changed");
    }
}
