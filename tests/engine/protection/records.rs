//! Records: what is kept of them, and what opens.

use std::{fs, sync::Arc, time::Duration};

use futures::StreamExt;
use holdfast::{
    Digest, Error, Expected, HistoryQuery, Kind, Limits, New, Revision, Scope, State, StateManager,
    Update, Version,
    backend::{
        Backend, Memory, Outcome, Quota, Sealed, SealedFault, Sensitive, Sqlite, Text, Write,
    },
};
use serde_json::{Value, json};

use super::{SECRET, Vault, fault};
use crate::support::{ada, adas, bobs, id, new, puppet::Puppet, store};

fn secret(name: &str) -> New {
    new(Kind::STORE, name, json!({"note": SECRET}))
}

/// The second spelling of a field is the first one's, and a field may be named with what it is in.
#[tokio::test]
async fn a_field_that_is_named_twice_or_inside_of_another_opens_as_it_was() {
    let sets: [&[&str]; 5] = [
        &["/card/number", "/card"],
        &["/card", "/card/number"],
        &["/ssn", "/ssn"],
        &["/odd~2", "/odd~02"],
        &["/odd~02", "/card/number", "/odd~2", "/card"],
    ];
    let data = json!({"card": {"number": SECRET, "year": 30}, "ssn": SECRET, "odd~2": SECRET});
    for pointers in sets {
        let vault = Vault::new();
        let pointers = pointers.iter().copied();
        let sensitive = Sensitive::default().fields(Kind::STORE, pointers).unwrap();
        let states = vault.states(vault.sealing(&[1], sensitive).await.unwrap());
        let written = register(&states, new(Kind::STORE, "s", data.clone())).await;
        let again = vault.states(vault.open(&[1]).await.unwrap());
        let read = again.get(&adas(), &id("s")).await.unwrap().unwrap();
        assert_eq!((&read.data, read.digest), (&data, written.digest));
    }
}

async fn register(states: &StateManager, new: New) -> Arc<State> {
    states.register(new, &ada()).await.unwrap()
}

#[tokio::test]
async fn no_plain_text_reaches_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let sqlite = Sqlite::open(&file).await.unwrap();
    let vault = Vault::over(Arc::new(sqlite));
    let states = vault.states(vault.open(&[1]).await.unwrap());
    let mut digests = vec![register(&states, secret("s")).await.digest];
    for n in 0..50 {
        let merge = Update::Merge(json!({"n": n, "deep": [{"list": SECRET}]}));
        let written = states
            .update(&adas(), &id("s"), merge, Expected::Any, &ada())
            .await;
        digests.push(written.unwrap().digest);
    }
    states
        .delete(&adas(), &id("s"), Expected::Any, &ada())
        .await
        .unwrap();
    let log = states.log(Revision(0), 100).await.unwrap();
    digests.push(log.last().unwrap().after.digest);

    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        bytes.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    let has = |text: &str| {
        let text = text.as_bytes();
        bytes.windows(text.len()).any(|window| window == text)
    };
    assert!(has("$sealed"), "these are the bytes of the states");
    for part in [SECRET, "battery", "deep", "\"note\""] {
        assert!(!has(part), "{part}");
    }
    // A digest tells content that can be guessed.
    for digest in digests {
        assert_ne!(digest, Digest::default());
        assert!(!has(&digest.to_string()));
    }
}

#[tokio::test]
async fn what_is_behind_never_logs_announces_or_remembers_plain_text() {
    let vault = Vault::over(Arc::new(Memory::new()));
    let mut heard = vault.behind.announcements();
    let states = vault.states(vault.open(&[1]).await.unwrap());
    register(&states, secret("s")).await;
    let merge = Update::Merge(json!({"n": 1}));
    let mut transaction = states.transaction(&ada());
    for _ in 0..2 {
        transaction
            .update(&adas(), &id("s"), merge.clone(), Expected::Any)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
    let behind = &vault.behind;
    let log = behind.log(Revision(0), 10).await.unwrap();
    let history = behind.history(&adas(), &id("s"), None, 10).await.unwrap();
    let (first, rest) = (heard.recv().await.unwrap(), heard.recv().await.unwrap());
    let told = format!("{log:?} {history:?} {first:?} {rest:?} {behind:?}");
    assert!(told.contains("$sealed") && !told.contains(SECRET));
    // What one change led to is what the next began with, there too.
    for (before, after) in log.iter().zip(log.iter().skip(1)) {
        assert_eq!(after.before.as_ref().unwrap().version, before.after.version);
    }
}

#[tokio::test]
async fn a_backup_of_what_is_behind_is_sealed_and_opens_where_it_is_restored() {
    let vault = Vault::new();
    let states = vault.states(vault.open(&[1]).await.unwrap());
    let written = register(&states, secret("s")).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup");
    let behind = vault.states(Arc::clone(&vault.behind));
    behind.backup(&file, |_| {}).await.unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("$sealed") && text.contains("key/default/1") && !text.contains(SECRET));
    let other = Vault::new();
    let behind = other.states(Arc::clone(&other.behind));
    behind.restore(&file, |_| {}).await.unwrap();
    assert_eq!(behind.verify().await.unwrap().findings, []);
    let states = other.states(other.open(&[1]).await.unwrap());
    assert_eq!(states.get(&adas(), &id("s")).await.unwrap(), Some(written));
}

#[tokio::test]
async fn watchers_and_the_history_see_what_was_written_and_the_chain_holds() {
    let vault = Vault::new();
    let states = vault.states(vault.open(&[1]).await.unwrap());
    let mut changes = states.watch(None, Revision(0));
    let written = register(&states, secret("s")).await;
    let change = changes.next().await.unwrap().unwrap();
    assert_eq!(change.after, written);
    let merge = Update::Merge(json!({"n": 1}));
    states
        .update(&adas(), &id("s"), merge, Expected::Any, &ada())
        .await
        .unwrap();
    let live = changes.next().await.unwrap().unwrap();
    assert_eq!(live.before.as_ref(), Some(&written));
    let history = states
        .history(&adas(), &id("s"), HistoryQuery::default())
        .await
        .unwrap();
    assert_eq!(history, [(*live).clone(), (*change).clone()]);
    let verified = states.verify().await.unwrap();
    assert_eq!((verified.changes, verified.findings), (2, Vec::new()));
    // So it does for those who cannot open what is in it.
    let behind = vault.states(Arc::clone(&vault.behind));
    let verified = behind.verify().await.unwrap();
    assert_eq!((verified.changes, verified.findings), (2, Vec::new()));
}

#[tokio::test]
async fn of_a_kind_with_sensitive_fields_only_these_are_sealed() {
    let vault = Vault::new();
    let fields = ["/card/number", "/pins/0", "/absent"];
    let sensitive = Sensitive::default().fields(Kind::USER, fields).unwrap();
    let states = vault.states(vault.sealing(&[1], sensitive).await.unwrap());
    let data =
        json!({"a": 1, "card": {"number": SECRET, "bank": "b"}, "pins": [SECRET, 2], "z": null});
    let written = register(&states, new(Kind::USER, "u", data.clone())).await;
    assert_eq!(written.data, data);
    let mut kept = vault.kept(&adas(), "u").await;
    assert!(!kept.to_string().contains(SECRET));
    let envelope = kept.as_object_mut().unwrap().remove("$sealed").unwrap();
    assert_eq!(envelope["fields"], json!(["/card/number", "/pins/0"]));
    let rest = json!({"a": 1, "card": {"number": null, "bank": "b"}, "pins": [null, 2], "z": null});
    assert_eq!(kept, rest);
    let read = states.get(&adas(), &id("u")).await.unwrap();
    assert_eq!(read, Some(written));
    // No object, no fields: all of it is sealed. Other kinds are not.
    register(&states, new(Kind::USER, "text", json!(SECRET))).await;
    assert!(vault.kept(&adas(), "text").await.get("$sealed").is_some());
    register(&states, store("s")).await;
    assert_eq!(vault.kept(&adas(), "s").await, json!({"n": 0}));
    assert!(states.verify().await.unwrap().findings.is_empty());
}

#[tokio::test]
async fn a_field_that_is_no_pointer_is_refused_rather_than_left_open() {
    let refused = Sensitive::default().fields(Kind::USER, ["card.number"]);
    assert!(matches!(refused, Err(SealedFault::Pointer { pointer }) if pointer == "card.number"));
}

#[tokio::test]
async fn data_that_looks_sealed_is_taken_for_what_it_is() {
    let vault = Vault::new();
    let states = vault.states(vault.open(&[1]).await.unwrap());
    register(&states, secret("s")).await;
    let stolen = vault.kept(&adas(), "s").await;
    let nothing = vault.states(vault.sealing(&[1], Sensitive::default()).await.unwrap());
    for (name, data) in [("a", stolen), ("b", json!({"$sealed": 1, "c": 2}))] {
        register(&nothing, new(Kind::STORE, name, data.clone())).await;
        let read = nothing.get(&adas(), &id(name)).await.unwrap().unwrap();
        assert_eq!(read.data, data);
    }
}

#[tokio::test]
async fn what_is_declared_sensitive_later_or_no_longer_stays_readable() {
    let vault = Vault::new();
    let open = vault.states(Arc::clone(&vault.behind));
    let early = register(&open, secret("early")).await;
    let closed = vault.states(vault.open(&[1]).await.unwrap());
    let late = register(&closed, secret("late")).await;
    assert_eq!(
        closed.get(&adas(), &id("early")).await.unwrap(),
        Some(early)
    );
    let merge = Update::Merge(json!({"n": 1}));
    closed
        .update(&adas(), &id("early"), merge, Expected::Any, &ada())
        .await
        .unwrap();
    assert!(vault.kept(&adas(), "early").await.get("$sealed").is_some());
    let again = vault.states(vault.sealing(&[1], Sensitive::default()).await.unwrap());
    assert_eq!(again.get(&adas(), &id("late")).await.unwrap(), Some(late));
    // What was sealed once stays sealed, and everything stays chained, on both sides.
    let merge = Update::Merge(json!({"n": 2}));
    again
        .update(&adas(), &id("late"), merge, Expected::Any, &ada())
        .await
        .unwrap();
    assert!(vault.kept(&adas(), "late").await.get("$sealed").is_some());
    for states in [again, vault.states(Arc::clone(&vault.behind))] {
        assert_eq!(states.verify().await.unwrap().findings, []);
    }
}

/// Puts a state that is kept in another place.
async fn planted(vault: &Vault, state: State) {
    let write = Write {
        before: None,
        after: Arc::new(state),
        transition: holdfast::Transition::CREATE,
        actor: ada(),
        bytes: 1,
        due: None,
        quota: Quota {
            states: 100,
            bytes: 100_000,
        },
        text: Text::default(),
    };
    let outcome = vault.behind.apply(vec![write].into()).await.unwrap();
    assert!(matches!(outcome, Outcome::Applied(_)));
}

#[tokio::test]
async fn a_record_that_was_moved_or_changed_does_not_open() {
    let vault = Vault::new();
    let states = vault.states(vault.open(&[1]).await.unwrap());
    register(&states, secret("s")).await;
    let kept = vault.behind.get(&adas(), &id("s")).await.unwrap().unwrap();
    let kept = State::clone(&kept);
    let place = |name: &str| State {
        id: id(name),
        ..kept.clone()
    };
    let with = |name: &str, field: &str, value: Value| {
        let mut state = place(name);
        state.data["$sealed"][field] = value;
        state
    };
    let text = kept.data["$sealed"]["text"].as_str().unwrap();
    let flipped = if text.starts_with('A') { "B" } else { "A" };
    let flipped = format!("{flipped}{}", text.get(1..).unwrap());
    let moved = [
        place("moved"),
        State {
            version: Version(2),
            ..place("older")
        },
        with("cut", "text", json!(text.get(..8))),
        with("flipped", "text", json!(flipped)),
        with("pointed", "fields", json!(["/n"])),
        with("garbled", "nonce", json!(7)),
    ];
    for state in moved {
        let id = state.id.clone();
        planted(&vault, state).await;
        let refused = fault(states.get(&adas(), &id).await.unwrap_err());
        assert!(
            matches!(&refused, SealedFault::Broken { id: of, .. } if *of == id),
            "{id}: {refused:?}"
        );
    }
    let elsewhere = State {
        scope: bobs(),
        ..kept.clone()
    };
    planted(&vault, elsewhere).await;
    let refused = states.get(&bobs(), &id("s")).await.unwrap_err();
    assert!(matches!(fault(refused), SealedFault::Broken { .. }));
    // The one in its place is as good as ever.
    assert!(states.get(&adas(), &id("s")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_scope_holds_as_much_sealed_as_plain() {
    let limits = Limits {
        scope_bytes: 100,
        ..Limits::default()
    };
    let vault = Vault::new();
    let plain: Arc<dyn Backend> = Arc::new(Memory::new());
    for backend in [plain, vault.open(&[1]).await.unwrap()] {
        let states = StateManager::builder(backend).limits(limits.clone());
        let states = states.build();
        // One state is 6 bytes of name and id, 4 bytes of metadata, and its data with two quotes.
        let fill = |name: &str, bytes: usize| {
            let data = Value::from("x".repeat(bytes - 2));
            new(Kind::STORE, name, data)
        };
        register(&states, fill("aaa", 40)).await;
        register(&states, fill("bbb", 40)).await;
        let merge = Update::Replace(Value::from("x".repeat(39)));
        let more = states
            .update(&adas(), &id("bbb"), merge, Expected::Any, &ada())
            .await;
        assert!(
            matches!(
                more,
                Err(Error::TooLarge {
                    size: 101,
                    limit: 100,
                    ..
                })
            ),
            "{more:?}"
        );
    }
}

#[tokio::test]
async fn scopes_that_are_no_tenants_share_a_key_and_each_tenant_has_its_own() {
    let vault = Vault::new();
    let states = vault.states(vault.open(&[1]).await.unwrap());
    let tenant = |name: &str| Scope::Tenant(name.into());
    for (scope, key) in [
        (Scope::Shared, "default/1"),
        (adas(), "default/1"),
        (Scope::Session("s".into()), "default/1"),
        (tenant("lab"), "tenant:lab/1"),
        (tenant("lab/1"), "tenant:lab/1/1"),
        (tenant("default"), "tenant:default/1"),
    ] {
        let new = New {
            scope: scope.clone(),
            ..secret("s")
        };
        register(&states, new).await;
        assert_eq!(vault.key_of(&scope, "s").await, key);
        assert!(states.get(&scope, &id("s")).await.unwrap().is_some());
    }
}

/// The last change of all is missed by nobody, even if it could not be opened when it was announced.
#[tokio::test]
async fn what_could_not_be_opened_at_once_is_announced_later() {
    let puppet = Puppet::new();
    let vault = Vault::over(puppet.clone());
    let sealed = vault.open(&[1]).await.unwrap();
    let states = vault.states(sealed.clone());
    let written = register(&states, secret("s")).await;
    let mut heard = sealed.announcements();
    let changes = puppet.inner().log(Revision(0), 10).await.unwrap();
    // The keys are old, and cannot be looked at.
    vault.clock.advance(Sealed::LAG);
    puppet.set_down(true);
    puppet.announce(changes);
    puppet.refused(1).await;
    puppet.set_down(false);
    let heard = tokio::time::timeout(Duration::from_secs(30), heard.recv());
    let heard = heard.await.unwrap().unwrap();
    assert_eq!(heard[0].after, written);
}
