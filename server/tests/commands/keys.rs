//! Data keys are changed and forgotten at the terminal.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc};

use holdfast::{
    Actor, Kind, New, Scope, StateId, StateManager, SystemClock,
    backend::{MasterKey, Sealed, Sensitive, Sqlite},
};
use serde_json::json;

use super::{holdfast, lines};

const SETTINGS: &str = "[protection]\nmaster_key_file = \"master.key\"\n";

/// A database in which a tenant and everybody else have something sealed.
async fn sealed_in(folder: &Path) {
    let key = folder.join("master.key");
    fs::write(&key, "42".repeat(32)).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(folder.join("holdfast.toml"), SETTINGS).unwrap();
    fs::create_dir(folder.join("data")).unwrap();
    let file = Sqlite::open(folder.join("data/holdfast.db")).await.unwrap();
    let masters = vec![MasterKey::from_file(&key).unwrap()];
    let (everything, clock) = (Sensitive::everything(), Arc::new(SystemClock));
    let sealed = Sealed::open(Arc::new(file), masters, everything, clock).await;
    let states = StateManager::builder(Arc::new(sealed.unwrap())).build();
    for scope in [Scope::Tenant("helios".into()), Scope::Shared] {
        let new = New::of(Kind::USER, "s", scope, json!({"note": "secret"}));
        let new = new.with_id(StateId::new("s"));
        states.register(new, &Actor::system()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn data_keys_change_and_those_of_a_tenant_are_forgotten_for_good() {
    let folder = tempfile::tempdir().unwrap();
    sealed_in(folder.path()).await;
    let run = |arguments: &[&str]| holdfast(folder.path(), arguments);
    let (code, text, why) = run(&["key", "rotate", "--json"]);
    assert_eq!(code, 0, "{why}");
    let everybodys = json!({"owner": "shared", "key": "default/2"});
    let theirs = json!({"owner": "tenant:helios", "key": "tenant:helios/2"});
    assert_eq!(lines(&text), [everybodys, theirs]);
    let (code, text, _) = run(&["key", "rotate", "--tenant", "helios"]);
    assert_eq!(code, 0);
    assert!(text.contains("tenant:helios/3"), "{text}");
    assert!(text.contains("within 60 seconds"), "{text}");
    assert_eq!(run(&["key", "rotate", "--tenant", "selene"]).0, 3);

    let get = || run(&["state", "get", "s", "--scope", "tenant:helios", "--json"]);
    let (code, text, why) = get();
    assert_eq!(code, 0, "{why}");
    assert_eq!(lines(&text)[0]["data"]["note"], "secret");
    let (code, _, why) = run(&["key", "forget", "helios"]);
    assert_eq!(code, 4, "{why}");
    assert!(why.contains("--for-good"), "{why}");
    assert_eq!(get().0, 0);
    let (code, text, why) = run(&["key", "forget", "helios", "--for-good", "--json"]);
    assert_eq!(code, 0, "{why}");
    assert_eq!(lines(&text), [json!({"tenant": "helios", "forgotten": 3})]);
    assert_eq!(get().0, 3, "nothing is left to be read");
    assert_eq!(run(&["key", "forget", "helios", "--for-good"]).0, 3);
    let (code, text, _) = run(&["state", "get", "s", "--json"]);
    assert_eq!(
        (code, &lines(&text)[0]["data"]["note"]),
        (0, &json!("secret"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_not_one_tenants_are_not_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| holdfast(folder.path(), arguments);
    let (code, _, why) = run(&["key", "rotate"]);
    assert_eq!(code, 2, "{why}");
    assert!(why.contains("protection.master_key_file"), "{why}");
    sealed_in(folder.path()).await;
    let (code, _, why) = run(&["key", "forget", "default", "--for-good"]);
    assert_eq!(code, 4, "{why}");
    // Accounts are in a scope of the program's own.
    assert_eq!(run(&["key", "forget", "people", "--for-good"]).0, 2);
    assert_eq!(run(&["state", "get", "s"]).0, 0);
}
