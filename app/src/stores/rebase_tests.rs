use serde_json::{Value, json};

use super::{Rebased, rebase};

/// Both changes together, `None` where they contradict each other.
fn agreed(base: &Value, mine: &Value, theirs: &Value) -> Option<Value> {
    let Rebased {
        theirs_first,
        mine_first,
    } = rebase(base, mine, theirs, &[]);
    (theirs_first == mine_first).then_some(mine_first)
}

#[test]
fn changes_to_different_fields_meet() {
    let base = json!({"age": null, "sex": []});
    let mine = json!({"age": [40, 60], "sex": []});
    let theirs = json!({"age": null, "sex": ["f"]});
    assert_eq!(
        agreed(&base, &mine, &theirs),
        Some(json!({"age": [40, 60], "sex": ["f"]}))
    );
}

#[test]
fn changes_to_the_same_field_contradict_each_other() {
    let base = json!({"age": null});
    assert_eq!(agreed(&base, &json!({"age": 1}), &json!({"age": 2})), None);
}

#[test]
fn the_same_change_on_both_sides_is_no_conflict() {
    let base = json!({"age": null, "sex": []});
    let both = json!({"age": 1, "sex": []});
    assert_eq!(agreed(&base, &both, &both), Some(both));
}

#[test]
fn a_field_removed_here_and_left_alone_there_goes() {
    let base = json!({"a": 1, "b": 2});
    assert_eq!(
        agreed(&base, &json!({"a": 1}), &json!({"a": 5, "b": 2})),
        Some(json!({"a": 5}))
    );
}

#[test]
fn a_field_removed_here_and_changed_there_is_a_conflict() {
    let base = json!({"a": 1, "b": 2});
    assert_eq!(
        agreed(&base, &json!({"a": 1}), &json!({"a": 1, "b": 3})),
        None
    );
}

#[test]
fn values_that_are_no_objects_are_one_field() {
    assert_eq!(agreed(&json!(1), &json!(2), &json!(1)), Some(json!(2)));
    assert_eq!(agreed(&json!(1), &json!(2), &json!(3)), None);
}

#[test]
fn only_what_contradicts_differs_between_the_two_answers() {
    let base = json!({"age": 0, "sex": 0, "site": 0});
    let mine = json!({"age": 1, "sex": 1, "site": 0});
    let theirs = json!({"age": 2, "sex": 0, "site": 2});
    let rebased = rebase(&base, &mine, &theirs, &[]);
    assert_eq!(rebased.theirs_first, json!({"age": 2, "sex": 1, "site": 2}));
    assert_eq!(rebased.mine_first, json!({"age": 1, "sex": 1, "site": 2}));
}

#[test]
fn using_ones_own_later_changes_only_what_contradicted() {
    let (shown, wanted) = (json!({"age": 2, "sex": 0}), json!({"age": 1, "sex": 0}));
    // Meanwhile somebody chose a sex.
    let now = json!({"age": 2, "sex": 1});
    assert_eq!(
        rebase(&shown, &wanted, &now, &[]).mine_first,
        json!({"age": 1, "sex": 1})
    );
}

#[test]
fn what_was_sent_without_an_answer_is_nobody_elses_change() {
    let base = json!({"age": 0, "sex": 0});
    let sent = [json!({"age": 1, "sex": 0})];
    let mine = json!({"age": 2, "sex": 0});
    let rebased = rebase(&base, &mine, &sent[0], &sent);
    assert_eq!(rebased.theirs_first, mine);
    assert_eq!(rebased.mine_first, mine);
    // Somebody else has written on top of it.
    let theirs = json!({"age": 1, "sex": 3});
    let rebased = rebase(&base, &mine, &theirs, &sent);
    assert_eq!(rebased.theirs_first, json!({"age": 2, "sex": 3}));
}

#[test]
fn taking_back_what_was_sent_without_an_answer_holds() {
    let (base, sent) = (json!({"age": 0}), json!({"age": 1}));
    let rebased = rebase(&base, &base, &sent, std::slice::from_ref(&sent));
    assert_eq!(rebased.theirs_first, base);
}

#[test]
fn things_that_both_added_to_a_list_are_both_in_it() {
    let base = json!([{"id": "a"}]);
    let mine = json!([{"id": "mine"}, {"id": "a"}]);
    let theirs = json!([{"id": "theirs"}, {"id": "a"}]);
    assert_eq!(
        agreed(&base, &mine, &theirs),
        Some(json!([{"id": "mine"}, {"id": "theirs"}, {"id": "a"}]))
    );
}

#[test]
fn a_thing_removed_here_goes_and_one_changed_there_is_as_it_is_there() {
    let base = json!([{"id": "a", "n": 1}, {"id": "b", "n": 1}]);
    let mine = json!([{"id": "b", "n": 1}]);
    let theirs = json!([{"id": "a", "n": 1}, {"id": "b", "n": 2}]);
    assert_eq!(
        agreed(&base, &mine, &theirs),
        Some(json!([{"id": "b", "n": 2}]))
    );
}

#[test]
fn the_same_thing_changed_on_both_sides_is_a_conflict_about_that_thing() {
    let base = json!({"cards": [{"id": "a", "n": 1}]});
    let mine = json!({"cards": [{"id": "a", "n": 2}, {"id": "b"}]});
    let theirs = json!({"cards": [{"id": "a", "n": 3}]});
    let rebased = rebase(&base, &mine, &theirs, &[]);
    assert_eq!(
        rebased.theirs_first,
        json!({"cards": [{"id": "a", "n": 3}, {"id": "b"}]})
    );
    assert_eq!(rebased.mine_first, mine);
}

#[test]
fn things_without_an_id_go_by_their_name() {
    let mine = json!([{"name": "fast"}]);
    let theirs = json!([{"name": "slow"}]);
    assert_eq!(
        agreed(&json!([]), &mine, &theirs),
        Some(json!([{"name": "fast"}, {"name": "slow"}]))
    );
}

#[test]
fn lists_of_plain_values_and_lists_put_in_another_order_are_one_field() {
    assert_eq!(agreed(&json!([]), &json!(["f"]), &json!(["m"])), None);
    let base = json!([{"id": "a"}, {"id": "b"}]);
    let mine = json!([{"id": "b"}, {"id": "a"}]);
    let theirs = json!([{"id": "a"}, {"id": "b"}, {"id": "c"}]);
    assert_eq!(agreed(&base, &mine, &theirs), None);
}
