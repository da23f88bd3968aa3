//! Kinds of one's own in the settings: their lifecycle, schema, time to live, and what is sealed.

use std::{fs, os::unix::fs::PermissionsExt as _, sync::Arc};

use holdfast::{Actor, Error, Expected, Kind, New, Scope, Status, SystemClock, Transition, Update};
use serde_json::json;
use server::{Settings, application::states};

const SETTINGS: &str = r#"
[protection]
master_key_file = "master.key"

[kinds.sample]
first = "received"
update = ["received"]
ttl = 60
schema = "sample.json"
sensitive = ["/donor"]
steps = [
    { transition = "store", from = ["received"], to = "stored" },
    { transition = "expire", from = ["received"], to = "expired" },
]
"#;

#[tokio::test]
async fn a_kind_in_the_settings_lives_as_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let schema = json!({"type": "object", "required": ["donor", "tube"]});
    fs::write(path("sample.json"), schema.to_string()).unwrap();
    fs::write(path("master.key"), "42".repeat(32)).unwrap();
    fs::set_permissions(path("master.key"), fs::Permissions::from_mode(0o600)).unwrap();
    let data = format!("data_dir = {:?}\n{SETTINGS}", path("data"));
    fs::write(path("holdfast.toml"), data).unwrap();
    let settings = Settings::load(&path("holdfast.toml")).unwrap();
    fs::create_dir(path("data")).unwrap();

    let states = states(&settings, Arc::new(SystemClock)).await.unwrap();
    let (scope, actor) = (Scope::Shared, Actor::system());
    let sample = |data| New::of(Kind::new("sample"), "blood", scope.clone(), data);
    let refused = states.register(sample(json!({"tube": 7})), &actor).await;
    assert!(
        matches!(refused, Err(Error::Violations { .. })),
        "{refused:?}"
    );
    let donor = "Rosalind Nobody";
    let data = json!({"tube": 7, "donor": donor});
    let state = states.register(sample(data.clone()), &actor).await.unwrap();
    assert_eq!(
        (&state.status, &state.data),
        (&Status::new("received"), &data)
    );
    assert_eq!(state.expires_at.unwrap().0, state.created_at.0 + 60_000);

    let store = Transition::new("store");
    let stored = states.transition(&scope, &state.id, store, Expected::Any, &actor);
    assert_eq!(stored.await.unwrap().status, Status::new("stored"));
    let merge = Update::Merge(json!({"tube": 8}));
    let late = states
        .update(&scope, &state.id, merge, Expected::Any, &actor)
        .await;
    assert!(matches!(late, Err(Error::Refused { .. })), "{late:?}");
    drop(states);
    for file in fs::read_dir(path("data")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        let is_there = bytes
            .windows(donor.len())
            .any(|part| part == donor.as_bytes());
        assert!(!is_there, "the donor's name is readable on disk");
    }
}
