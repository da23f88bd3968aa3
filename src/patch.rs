//! JSON Merge Patch (RFC 7396): named fields change, `null` removes, the rest stays.

use serde_json::{Map, Value};

/// What `target` becomes under `patch`. Only what stays is copied from `target`.
pub(crate) fn merged(target: &Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else {
        return patch.clone();
    };
    let nothing = Map::new();
    let old = target.as_object().unwrap_or(&nothing);
    let mut new = Map::new();
    for (key, value) in old {
        match changes.get(key) {
            None => drop(new.insert(key.clone(), value.clone())),
            Some(Value::Null) => {}
            Some(change) => drop(new.insert(key.clone(), merged(value, change))),
        }
    }
    for (key, change) in changes {
        if !change.is_null() && !old.contains_key(key) {
            new.insert(key.clone(), merged(&Value::Null, change));
        }
    }
    Value::Object(new)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::merged;

    #[test]
    fn every_example_of_rfc_7396_appendix_a_comes_out_as_printed_there() {
        let examples = [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": "b"}),
                json!({"b": "c"}),
                json!({"a": "b", "b": "c"}),
            ),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (
                json!({"a": "b", "b": "c"}),
                json!({"a": null}),
                json!({"b": "c"}),
            ),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (
                json!({"a": [{"b": "c"}]}),
                json!({"a": [1]}),
                json!({"a": [1]}),
            ),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"a": "foo"}), json!("bar"), json!("bar")),
            (
                json!({"e": null}),
                json!({"a": 1}),
                json!({"e": null, "a": 1}),
            ),
            (
                json!([1, 2]),
                json!({"a": "b", "c": null}),
                json!({"a": "b"}),
            ),
            (
                json!({}),
                json!({"a": {"bb": {"ccc": null}}}),
                json!({"a": {"bb": {}}}),
            ),
        ];
        for (target, patch, result) in examples {
            assert_eq!(merged(&target, &patch), result, "{target} under {patch}");
        }
    }
}
