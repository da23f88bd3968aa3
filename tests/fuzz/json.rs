//! What is read from JSON is written as JSON that reads the same.

use std::fmt::Debug;

use holdfast::{
    Actor, Change, Digest, Kind, Revision, Scope, State, StateId, Status, Timestamp, Transition,
    Update, Version,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::bytes::Fuzzer;

fn state() -> State {
    State {
        id: StateId::new("é \" \\ id"),
        kind: Kind::USER,
        name: "Ada".into(),
        status: Status::ACTIVE,
        data: json!({"n": [1, -0.0, 5e-324, u64::MAX, i64::MIN], "deep": [[[{"": null}]]]}),
        metadata: json!({"tags": ["a", "\u{0}"]}),
        version: Version(3),
        schema_version: 1,
        scope: Scope::Tenant("clinic".into()),
        created_at: Timestamp(1),
        updated_at: Timestamp(-2),
        expires_at: Some(Timestamp(i64::MAX)),
        digest: Digest::default(),
        removed: None,
    }
}

fn read<T: Serialize + DeserializeOwned + PartialEq + Debug>(input: &[u8]) -> bool {
    let Ok(found) = serde_json::from_slice::<T>(input) else {
        return false;
    };
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), found);
    true
}

#[test]
fn what_is_read_of_a_state_or_change_is_read_again_the_same() {
    let (before, scope) = (state().into(), Scope::Shared);
    let after = State { scope, ..state() };
    let change = Change {
        revision: Revision(7),
        transition: Transition::UPDATE,
        actor: Actor::system(),
        at: after.updated_at,
        before: Some(before),
        after: after.into(),
    };
    let update = Update::Merge(json!({"n": null}));
    let mut fuzzer = Fuzzer::over(vec![
        serde_json::to_vec(&state()).unwrap(),
        serde_json::to_vec(&change).unwrap(),
        serde_json::to_vec(&update).unwrap(),
        b"{}".to_vec(),
    ]);
    while let Some(input) = fuzzer.next() {
        let kinds = [
            (read::<State>(&input), "state"),
            (read::<Change>(&input), "change"),
            (read::<Update>(&input), "update"),
        ];
        let kind = kinds.iter().find(|(is_read, _)| *is_read);
        fuzzer.answered(kind.map_or("refused", |(_, kind)| kind));
    }
    fuzzer.finish(&["state", "change", "update", "refused"]);
}
