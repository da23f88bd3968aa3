//! Keys: where they come from, how they change while everybody works, and how they are forgotten.

use std::{fs, sync::Arc, time::Duration};

use holdfast::{
    Change, Compaction, Error, Expected, HistoryQuery, Keep, Kind, New, Revision, Scope, State,
    StateManager, Status, Ttl, Update, Version,
    backend::{Backend, Cache, CacheSettings, MasterKey, Sealed, SealedFault, Sensitive},
    compaction::SETTLED,
    schema::Mode,
    verify::{Problem, Verified},
};
use serde_json::{Value, json};

use super::{SECRET, Vault, fault, lab, labs};
use crate::support::{ada, adas, id, master, new, store};

async fn written(states: &StateManager, name: &str) -> Arc<State> {
    let mut new = labs(name);
    new.data = json!({"note": SECRET});
    states.register(new, &ada()).await.unwrap()
}

#[test]
fn a_master_key_is_32_bytes_in_either_spelling() {
    let hex = "07".repeat(32);
    let base64 = format!("{}Bwc=", "BwcH".repeat(10));
    let keys = [hex.as_str(), &base64, &format!("  {base64}\n")];
    let prints = keys.map(|text| MasterKey::parse(text).unwrap().print().to_owned());
    assert!(prints.iter().all(|print| print == master(7).print()));
    assert_ne!(master(7).print(), master(8).print());
    let short = "07".repeat(31);
    for wrong in ["", "secret", &short, &format!("{short}zz"), &hex[1..]] {
        let refused = MasterKey::parse(wrong).unwrap_err();
        assert!(matches!(refused, SealedFault::Malformed), "{wrong}");
        let told = refused.to_string();
        assert!(told.contains("openssl rand") && !told.contains("07"));
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_read_is_refused_with_what_to_do() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    fs::write(&path, format!("{}\n", "07".repeat(32))).unwrap();
    let allow = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    for mode in [0o640, 0o604, 0o660] {
        allow(mode);
        let refused = MasterKey::from_file(&path).unwrap_err();
        assert!(matches!(&refused, SealedFault::Exposed { mode: found, .. } if *found == mode));
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
    }
    allow(0o600);
    let key = MasterKey::from_file(&path).unwrap();
    assert_eq!(key.print(), master(7).print());
    let absent = MasterKey::from_file(folder.path().join("nothing"));
    assert!(matches!(absent, Err(SealedFault::File { .. })));
}

#[tokio::test]
async fn a_wrong_or_missing_master_key_is_told_at_the_start_with_what_to_do() {
    let vault = Vault::new();
    written(&vault.states(vault.open(&[1]).await.unwrap()), "s").await;
    let wrong = vault.open(&[2]).await.unwrap_err();
    let told = wrong.to_string();
    assert!(matches!(wrong, SealedFault::WrongMaster { key, .. } if key == "tenant:lab/1"));
    assert!(told.contains(master(1).print()) && told.contains(master(2).print()));
    let none = vault.open(&[]).await.unwrap_err();
    assert!(matches!(none, SealedFault::NoMaster));
    let bare = StateManager::builder(Arc::clone(&vault.behind));
    let bare = fault(bare.open().await.unwrap_err());
    assert!(matches!(bare, SealedFault::NoMaster), "{bare:?}");
    let sealed = vault.open(&[1]).await.unwrap();
    StateManager::builder(sealed).open().await.unwrap();
}

#[tokio::test]
async fn a_new_master_key_wraps_every_data_key_while_two_servers_work_on() {
    let vault = Vault::new();
    let (here, there) = (
        vault.open(&[1]).await.unwrap(),
        vault.open(&[1]).await.unwrap(),
    );
    let (ours, theirs) = (vault.states(here.clone()), vault.states(there.clone()));
    let old = written(&ours, "old").await;
    assert!(theirs.get(&lab(), &id("old")).await.unwrap().is_some());
    ours.register(store("s"), &ada()).await.unwrap();
    assert_eq!(here.rotate_master(master(2)).await.unwrap(), 2);

    // The other server was not told yet, and works on, even after a look at the notes.
    vault.clock.advance(Sealed::LAG);
    written(&theirs, "theirs").await;
    let read = theirs.get(&lab(), &id("old")).await.unwrap();
    assert_eq!(read.as_ref(), Some(&old));
    // What it cannot do is open what was sealed with a key made since.
    here.rotate_key(&lab()).await.unwrap();
    written(&ours, "new").await;
    let unknown = fault(theirs.get(&lab(), &id("new")).await.unwrap_err());
    assert!(
        matches!(unknown, SealedFault::WrongMaster { .. }),
        "{unknown:?}"
    );
    assert_eq!(there.rotate_master(master(2)).await.unwrap(), 0);
    assert!(theirs.get(&lab(), &id("new")).await.unwrap().is_some());

    // The old key opens nothing any more, the new one everything.
    let refused = vault.open(&[1]).await.unwrap_err();
    assert!(matches!(refused, SealedFault::WrongMaster { .. }));
    let again = vault.states(vault.open(&[2]).await.unwrap());
    assert_eq!(again.get(&lab(), &id("old")).await.unwrap(), Some(old));
}

#[tokio::test]
async fn a_master_key_can_be_changed_by_a_restart_with_both() {
    let vault = Vault::new();
    let old = written(&vault.states(vault.open(&[1]).await.unwrap()), "s").await;
    let both = vault.open(&[2, 1]).await.unwrap();
    assert_eq!(both.rotate_master(master(2)).await.unwrap(), 1);
    let new = vault.states(vault.open(&[2]).await.unwrap());
    assert_eq!(new.get(&lab(), &id("s")).await.unwrap(), Some(old));
}

#[tokio::test]
async fn a_new_data_key_seals_what_is_new_and_every_server_opens_it_at_once() {
    let vault = Vault::new();
    let (here, there) = (
        vault.open(&[1]).await.unwrap(),
        vault.open(&[1]).await.unwrap(),
    );
    let (ours, theirs) = (vault.states(here.clone()), vault.states(there));
    let old = written(&ours, "old").await;
    written(&theirs, "warm").await;
    assert_eq!(here.rotate_key(&lab()).await.unwrap(), "tenant:lab/2");
    let new = written(&ours, "new").await;
    assert_eq!(vault.key_of(&lab(), "old").await, "tenant:lab/1");
    assert_eq!(vault.key_of(&lab(), "new").await, "tenant:lab/2");
    for states in [&ours, &theirs] {
        assert_eq!(
            states.get(&lab(), &id("old")).await.unwrap(),
            Some(old.clone())
        );
        assert_eq!(
            states.get(&lab(), &id("new")).await.unwrap(),
            Some(new.clone())
        );
    }
    // It seals with it as soon as it knows it.
    written(&theirs, "theirs").await;
    assert_eq!(vault.key_of(&lab(), "theirs").await, "tenant:lab/2");
}

#[tokio::test]
async fn a_server_that_hears_nothing_seals_with_the_new_key_before_long() {
    let vault = Vault::new();
    let (here, there) = (
        vault.open(&[1]).await.unwrap(),
        vault.open(&[1]).await.unwrap(),
    );
    let theirs = vault.states(there);
    written(&theirs, "first").await;
    here.rotate_key(&lab()).await.unwrap();
    vault.clock.advance(Sealed::LAG);
    written(&theirs, "second").await;
    assert_eq!(vault.key_of(&lab(), "second").await, "tenant:lab/2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_write_for_a_new_tenant_at_once_agree_on_its_key() {
    let vault = Vault::new();
    let mut writers = Vec::new();
    for n in 0..8 {
        let states = vault.states(vault.open(&[1]).await.unwrap());
        writers.push(tokio::spawn(async move {
            written(&states, &format!("s{n}")).await;
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let fresh = vault.states(vault.open(&[1]).await.unwrap());
    for n in 0..8 {
        let name = format!("s{n}");
        assert_eq!(vault.key_of(&lab(), &name).await, "tenant:lab/1");
        assert!(fresh.get(&lab(), &id(&name)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn what_is_a_forgotten_tenants_can_never_be_read_again() {
    let vault = Vault::new();
    let (here, there) = (
        vault.open(&[1]).await.unwrap(),
        vault.open(&[1]).await.unwrap(),
    );
    let (ours, theirs) = (vault.states(here.clone()), vault.states(there));
    for name in ["a", "b", "c"] {
        written(&ours, name).await;
    }
    let hers = ours.register(store("hers"), &ada()).await.unwrap();
    assert!(theirs.get(&lab(), &id("a")).await.unwrap().is_some());
    here.rotate_key(&lab()).await.unwrap();
    assert_eq!(here.owners().await.unwrap(), [Scope::Shared, lab()]);
    assert_eq!(here.forget("lab").await.unwrap(), 2);
    assert_eq!(here.owners().await.unwrap(), [Scope::Shared]);
    vault.clock.advance(Sealed::LAG);
    let restarted = vault.states(vault.open(&[1]).await.unwrap());
    for states in [&ours, &theirs, &restarted] {
        assert_eq!(states.get(&lab(), &id("a")).await.unwrap(), None);
        assert_eq!(states.list(&lab(), None, None, 10).await.unwrap(), []);
        let history = states
            .history(&lab(), &id("a"), HistoryQuery::default())
            .await
            .unwrap();
        let change = history.first().unwrap();
        assert_eq!(
            (&change.after.data, &change.after.status),
            (&Value::Null, &Status::ACTIVE)
        );
        // Everybody else's are as they were, and the log is read to its end.
        let kept = states.get(&adas(), &id("hers")).await.unwrap();
        assert_eq!(kept.as_ref(), Some(&hers));
        assert_eq!(states.log(Revision(0), 10).await.unwrap().len(), 4);
    }
    // The tenant may begin anew, under the same ids; and what is left ends like anything else.
    let again = written(&theirs, "a").await;
    assert_eq!(again.version, Version(2));
    assert_eq!(vault.key_of(&lab(), "a").await, "tenant:lab/3");
    assert_eq!(ours.get(&lab(), &id("a")).await.unwrap(), Some(again));
    vault.clock.advance(Duration::from_secs(3600));
    assert_eq!(ours.sweep().await.unwrap(), 4);
}

#[tokio::test]
async fn single_fields_of_a_forgotten_tenant_are_null() {
    let vault = Vault::new();
    let sensitive = Sensitive::default().fields(Kind::STORE, ["/note"]).unwrap();
    let sealed = vault.sealing(&[1], sensitive).await.unwrap();
    let states = vault.states(sealed.clone());
    written(&states, "s").await;
    sealed.forget("lab").await.unwrap();
    let read = states.get(&lab(), &id("s")).await.unwrap().unwrap();
    assert_eq!(read.data, json!({"note": null}));
}

#[tokio::test]
async fn a_key_that_is_lost_is_not_taken_for_one_that_was_forgotten() {
    let vault = Vault::new();
    written(&vault.states(vault.open(&[1]).await.unwrap()), "s").await;
    assert!(
        vault
            .behind
            .write_note("key/tenant:lab/1", 1, None)
            .await
            .unwrap()
    );
    let states = vault.states(vault.open(&[1]).await.unwrap());
    let lost = fault(states.get(&lab(), &id("s")).await.unwrap_err());
    assert!(matches!(lost, SealedFault::Lost { key } if key == "tenant:lab/1"));
}

#[tokio::test]
async fn a_wrapped_key_opens_under_its_own_name_only() {
    let vault = Vault::new();
    let running = vault.states(vault.open(&[1]).await.unwrap());
    written(&running, "s").await;
    let note = vault
        .behind
        .note("key/tenant:lab/1")
        .await
        .unwrap()
        .unwrap();
    let planted = vault
        .behind
        .write_note("key/tenant:other/1", 0, Some(&note.value));
    assert!(planted.await.unwrap());
    let refused = vault.open(&[1]).await.unwrap_err();
    assert!(matches!(refused, SealedFault::BrokenKey { key } if key == "tenant:other/1"));
    // A server that runs is in trouble with that tenant only.
    vault.clock.advance(Sealed::LAG);
    assert!(running.get(&lab(), &id("s")).await.unwrap().is_some());
    let mut others = labs("s");
    others.scope = Scope::Tenant("other".into());
    let refused = fault(running.register(others, &ada()).await.unwrap_err());
    assert!(matches!(refused, SealedFault::BrokenKey { .. }));
}

#[tokio::test]
async fn nobody_above_sees_or_writes_the_wrapped_keys() {
    let vault = Vault::new();
    let sealed = vault.open(&[1]).await.unwrap();
    written(&vault.states(sealed.clone()), "s").await;
    assert_eq!(vault.behind.notes("").await.unwrap().len(), 1);
    assert_eq!(sealed.notes("").await.unwrap(), []);
    assert_eq!(sealed.note("key/tenant:lab/1").await.unwrap(), None);
    let refused = sealed.write_note("key/tenant:lab/1", 1, None).await;
    let refused = refused.unwrap_err().downcast::<SealedFault>().unwrap();
    assert!(matches!(*refused, SealedFault::Reserved { .. }));
}

#[tokio::test]
async fn nothing_shows_a_key() {
    let vault = Vault::new();
    // A master key whose spellings cannot come from anything else.
    let spelt = [
        "f3".repeat(32),
        format!("{}8/M=", "8/Pz".repeat(10)),
        "243, 243".into(),
    ];
    let key = || MasterKey::parse(&spelt[0]).unwrap();
    let sealed = Sealed::open(
        Arc::clone(&vault.behind),
        vec![key()],
        Sensitive::everything(),
        vault.clock.clone(),
    );
    let sealed = Arc::new(sealed.await.unwrap());
    let states = vault.states(sealed.clone());
    written(&states, "s").await;
    let wrong = vault.open(&[2]).await.unwrap_err();
    let broken = states
        .register(new(Kind::STORE, "s", json!(1)), &ada())
        .await;
    let mut told = format!(
        "{:?} {sealed:?} {states:?} {wrong:?} {wrong} {broken:?}",
        key()
    );
    vault
        .behind
        .write_note("key/tenant:lab/1", 1, Some(&json!("x")))
        .await
        .unwrap();
    let garbled = vault.open(&[2]).await.unwrap_err();
    told += &format!("{garbled:?} {garbled}");
    assert!(told.contains("MasterKey(") && told.contains("Key(..)"));
    for spelling in &spelt {
        assert!(!told.contains(spelling), "{spelling}");
    }
    // A data key would show as a list of 32 bytes.
    let is_key = |text: &str| {
        let list = text.split(']').next().unwrap_or_default();
        let bytes = list.split(',').map(|item| item.trim().parse::<u8>());
        bytes.filter(Result::is_ok).count() == 32
    };
    assert!(is_key(&format!("{:?}", [7; 32])[1..]));
    assert!(!told.split('[').any(is_key));
}

#[tokio::test]
async fn a_conflict_through_the_seal_carries_the_current_content() {
    let vault = Vault::new();
    let states = vault.states(vault.open(&[1]).await.unwrap());
    let first = written(&states, "s").await;
    let other = vault.states(vault.open(&[1]).await.unwrap());
    let merge = |n: i32| Update::Merge(json!({"n": n}));
    let seen = Expected::Version(first.version);
    other
        .update(&lab(), &id("s"), merge(1), seen, &ada())
        .await
        .unwrap();
    let refused = states
        .update(&lab(), &id("s"), merge(2), seen, &ada())
        .await;
    let Err(Error::Conflict {
        current: Some(current),
        ..
    }) = refused
    else {
        panic!("{refused:?}");
    };
    assert_eq!(current.data, json!({"note": SECRET, "n": 1}));
}

/// Through the seal nobody can tell any more what a forgotten tenant had, and `verify` says so of each of its
/// changes and of no other; behind it the chain of what is kept holds, content or not.
#[tokio::test]
async fn verify_names_the_changes_of_a_forgotten_tenant_and_nothing_is_missing_behind() {
    let vault = Vault::new();
    let sealed = vault.open(&[1]).await.unwrap();
    let states = vault.states(sealed.clone());
    let behind = vault.states(Arc::clone(&vault.behind));
    let clinic = Scope::Tenant("clinic".into());
    for scope in [lab(), clinic.clone(), Scope::Shared] {
        for name in ["a", "b"] {
            let new = New {
                scope: scope.clone(),
                ..store(name).with_ttl(Ttl::Never)
            };
            states.register(new, &ada()).await.unwrap();
            for n in 1..6 {
                let update = Update::Merge(json!({"n": n, "text": SECRET}));
                states
                    .update(&scope, &id(name), update, Expected::Any, &ada())
                    .await
                    .unwrap();
            }
        }
        states
            .delete(&scope, &id("b"), Expected::Any, &ada())
            .await
            .unwrap();
    }
    let whole = behind.verify().await.unwrap();
    assert_eq!(
        (states.verify().await.unwrap().findings, &whole.findings),
        (vec![], &vec![])
    );
    assert_eq!(sealed.forget("lab").await.unwrap(), 1);

    let log = states.log(Revision(0), 1000).await.unwrap();
    let is_labs = |change: &&Change| change.after.scope == lab();
    let labs: Vec<Revision> = log.iter().filter(is_labs).map(|it| it.revision).collect();
    assert_eq!(labs.len(), 13);
    let named = |verified: &Verified| -> Vec<Revision> {
        let all = verified.findings.iter();
        all.inspect(|it| assert_eq!((&it.scope, it.problem), (&lab(), Problem::Changed)))
            .map(|it| it.revision)
            .collect()
    };
    assert_eq!(named(&states.verify().await.unwrap()), labs);
    assert_eq!(
        behind.verify().await.unwrap(),
        whole,
        "not a byte of it was touched"
    );

    // What a policy removes then is accounted for on both sides, the forgotten tenant's too.
    vault.clock.advance(SETTLED);
    let policy = Compaction::default()
        .kind(Kind::STORE, Keep::versions(2))
        .unwrap();
    let done = states.compact(&policy, Mode::Apply).await.unwrap();
    assert_eq!(done.total(), 3 * (3 + 4));
    let verified = behind.verify().await.unwrap();
    assert_eq!(
        (verified.findings, verified.removed),
        (vec![], done.total())
    );
    let verified = states.verify().await.unwrap();
    let left = named(&verified);
    assert!(left.iter().all(|revision| labs.contains(revision)) && left.len() < labs.len());
    assert_eq!(verified.removed, done.total());
    let kept = states
        .history(&clinic, &id("a"), HistoryQuery::default())
        .await
        .unwrap();
    assert_eq!(kept[0].after.data["text"], SECRET);
}

/// A server has a cache in front of the seal, and that forgets too: here at once, elsewhere within the lag.
#[tokio::test]
async fn what_is_forgotten_is_in_no_cache_in_front() {
    let vault = Vault::new();
    let (here, there) = (
        vault.open(&[1]).await.unwrap(),
        vault.open(&[1]).await.unwrap(),
    );
    let cached = async |sealed: &Arc<Sealed>| {
        let sealed = Arc::clone(sealed) as Arc<dyn Backend>;
        let cache = Cache::before(sealed, CacheSettings::default()).await;
        vault.states(Arc::new(cache.unwrap()))
    };
    let (states, others) = (cached(&here).await, cached(&there).await);
    written(&states, "s").await;
    for states in [&states, &others] {
        assert!(states.get(&lab(), &id("s")).await.unwrap().is_some());
    }
    assert_eq!(here.forget("lab").await.unwrap(), 1);
    assert_eq!(states.get(&lab(), &id("s")).await.unwrap(), None);
    vault.clock.advance(Sealed::LAG);
    others.revision().await.unwrap();
    assert_eq!(others.get(&lab(), &id("s")).await.unwrap(), None);
}

/// A key that is lost is trouble for what it sealed, and for nobody else.
#[tokio::test]
async fn a_state_that_cannot_be_opened_does_not_keep_the_others_from_expiring() {
    let vault = Vault::new();
    let states = vault.states(vault.open(&[1]).await.unwrap());
    written(&states, "lost").await;
    states.register(store("s"), &ada()).await.unwrap();
    let name = "key/tenant:lab/1";
    let gone = vault.behind.write_note(name, 1, None).await.unwrap();
    assert!(gone);
    vault.clock.advance(Duration::from_secs(7200));
    let states = vault.states(vault.open(&[1]).await.unwrap());
    assert_eq!(states.sweep().await.unwrap(), 1);
}

#[tokio::test]
async fn a_former_master_key_is_needed_until_the_data_keys_are_wrapped_anew() {
    let vault = Vault::new();
    written(&vault.states(vault.open(&[1]).await.unwrap()), "s").await;
    let sealed = vault.open(&[2, 1]).await.unwrap();
    assert!(vault.open(&[2]).await.is_err());
    assert_eq!(sealed.rewrap().await.unwrap(), 1);
    assert_eq!(sealed.rewrap().await.unwrap(), 0);
    let states = vault.states(vault.open(&[2]).await.unwrap());
    assert!(states.get(&lab(), &id("s")).await.unwrap().is_some());
}
