//! Re-applies a local change on what the server holds by now, where the two touch different
//! fields; where they touch the same one, a person has to know.

use serde_json::Value;

/// `mine` and `theirs` both come from `base`. The result has both changes; `None` where they
/// contradict each other. Objects are merged field by field, one level deep: a store's fields are
/// its units of meaning (the age range, the list of cards).
#[cfg_attr(
    not(any(feature = "hydrate", test)),
    expect(dead_code, reason = "only the browser writes")
)]
pub(crate) fn rebase(base: &Value, mine: &Value, theirs: &Value) -> Option<Value> {
    if mine == theirs || mine == base {
        return Some(theirs.clone());
    }
    if theirs == base {
        return Some(mine.clone());
    }
    let (Value::Object(base), Value::Object(mine), Value::Object(theirs)) = (base, mine, theirs)
    else {
        return None;
    };
    let mut merged = theirs.clone();
    for (field, value) in mine {
        let (before, other) = (base.get(field), theirs.get(field));
        if other == Some(value) || before == Some(value) {
            continue;
        }
        if other != before {
            return None;
        }
        merged.insert(field.clone(), value.clone());
    }
    for field in base.keys().filter(|field| !mine.contains_key(*field)) {
        match theirs.get(field) {
            other if other == base.get(field) => {
                merged.remove(field);
            }
            None => {}
            Some(_) => return None,
        }
    }
    Some(Value::Object(merged))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::rebase;

    #[test]
    fn changes_to_different_fields_meet() {
        let base = json!({"age": null, "sex": []});
        let mine = json!({"age": [40, 60], "sex": []});
        let theirs = json!({"age": null, "sex": ["f"]});
        assert_eq!(
            rebase(&base, &mine, &theirs),
            Some(json!({"age": [40, 60], "sex": ["f"]}))
        );
    }

    #[test]
    fn changes_to_the_same_field_contradict_each_other() {
        let base = json!({"age": null});
        assert_eq!(rebase(&base, &json!({"age": 1}), &json!({"age": 2})), None);
    }

    #[test]
    fn the_same_change_on_both_sides_is_no_conflict() {
        let base = json!({"age": null, "sex": []});
        let both = json!({"age": 1, "sex": []});
        assert_eq!(rebase(&base, &both, &both), Some(both));
    }

    #[test]
    fn a_field_removed_here_and_left_alone_there_goes() {
        let base = json!({"a": 1, "b": 2});
        assert_eq!(
            rebase(&base, &json!({"a": 1}), &json!({"a": 5, "b": 2})),
            Some(json!({"a": 5}))
        );
    }

    #[test]
    fn a_field_removed_here_and_changed_there_is_a_conflict() {
        let base = json!({"a": 1, "b": 2});
        assert_eq!(
            rebase(&base, &json!({"a": 1}), &json!({"a": 1, "b": 3})),
            None
        );
    }

    #[test]
    fn values_that_are_no_objects_are_one_field() {
        assert_eq!(rebase(&json!(1), &json!(2), &json!(1)), Some(json!(2)));
        assert_eq!(rebase(&json!(1), &json!(2), &json!(3)), None);
    }
}
