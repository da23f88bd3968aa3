//! Accounts at the terminal, beside a server that runs on the same states.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use app::people::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{House, authenticator::turn_on, log_in, me, write};

/// Runs `holdfast user ...` over this folder; whether it went well, and what it said.
fn user(folder: &Path, arguments: &[&str], input: &str) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.arg("user").args(arguments).current_dir(folder);
    command
        .env("HOLDFAST_DATA_DIR", folder.join("data"))
        .env("RUST_LOG", "off");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let done = child.wait_with_output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
    (done.status.success(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_makes_lists_changes_and_disables_accounts_while_the_server_runs() {
    let house = House::new().await;
    let folder = house.app.folder.path();
    let (well, text) = user(
        folder,
        &["add", "ada@lab.org", "Ada Lovelace", "--role", "admin"],
        "kelp holds fast\n",
    );
    assert!(well, "{text}");
    let (well, text) = user(folder, &["add", "ada@lab.org", "Ada"], "kelp holds fast\n");
    assert!(!well && text.contains("has an account already"), "{text}");
    let (well, text) = user(folder, &["add", "bob@lab.org", "Bob"], "short\n");
    assert!(!well && text.contains("at least 10 characters"), "{text}");
    assert!(user(folder, &["add", "bob@lab.org", "Bob"], "kelp holds fast\n").0);
    let (_, text) = user(folder, &["list"], "");
    assert_eq!(
        text,
        "ada@lab.org\tAda Lovelace\tadmin\tactive\nbob@lab.org\tBob\tanalyst\tactive\n"
    );

    let bob = house.logged_in("bob@lab.org").await;
    assert_eq!(me(&bob).await["role"], "analyst");
    assert!(user(folder, &["role", "bob@lab.org", "editor"], "").0);
    followed(|| async { me(&bob).await["role"] == "editor" }).await;
    house.clock.advance(Duration::from_secs(60));
    assert!(user(folder, &["password", "bob@lab.org"], "a new sentence\n").0);
    followed(|| async { me(&bob).await == Value::Null }).await;
    let mut bob = house.app.browser();
    house.clock.advance(Duration::from_secs(60));
    assert_eq!(
        log_in(&mut bob, "bob@lab.org", "a new sentence")
            .await
            .header("location"),
        "/"
    );
    assert!(
        !user(folder, &["role", "ada@lab.org", "viewer"], "").0,
        "the last administrator"
    );
    assert!(!user(folder, &["role", "bob@lab.org", "king"], "").0);
    assert!(user(folder, &["disable", "bob@lab.org"], "").0);
    followed(|| async { me(&bob).await == Value::Null }).await;
    assert_eq!(
        write(&bob, "study.name", json!("x"), 0).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(
        user(folder, &["list"], "")
            .1
            .contains("Bob\teditor\tsuspended")
    );
    assert!(user(folder, &["enable", "bob@lab.org"], "").0);
    assert!(!user(folder, &["disable", "nobody@lab.org"], "").0);
    assert_eq!(house.named("ada@lab.org").await.role, Role::Admin);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_takes_away_a_second_factor_that_was_lost() {
    let house = House::new().await;
    let folder = house.app.folder.path();
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let mut ada = house.logged_in("ada@lab.org").await;
    turn_on(&house, &mut ada).await;
    let line = "ada@lab.org\tAda\tanalyst\tactive\tsecond factor\n";
    assert_eq!(user(folder, &["list"], "").1, line);
    let remove = ["remove-factor", "ada@lab.org"];
    // The program has the system's clock: its moment is behind that of the log-in.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let (well, text) = user(folder, &remove, "");
    assert!(well && text.contains("with the password alone"), "{text}");
    followed(|| async { me(&ada).await == Value::Null }).await;
    house.clock.advance(Duration::from_secs(60));
    house.logged_in("ada@lab.org").await;
    let (well, text) = user(folder, &remove, "");
    assert!(!well && text.contains("no second factor"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_puts_people_into_tenants() {
    let house = House::new().await;
    let folder = house.app.folder.path();
    let add = ["add", "ada@lab.org", "Ada", "--role", "admin"];
    assert!(user(folder, &add, "kelp holds fast\n").0);
    let add = ["add", "lars@b.org", "Lars", "--tenant", "clinic-b"];
    assert!(user(folder, &add, "kelp holds fast\n").0);
    let (_, text) = user(folder, &["list"], "");
    let expected = "ada@lab.org\tAda\tadmin\tactive\nlars@b.org\tLars\tanalyst\tactive\tclinic-b\n";
    assert_eq!(text, expected);
    let lars = house.logged_in("lars@b.org").await;
    let flags = lars.call("list_flags", json!({})).await.json();
    assert_eq!(
        flags["flags"].as_array().unwrap().len(),
        2,
        "a tenant has its flags"
    );
    assert!(user(folder, &["tenant", "lars@b.org", "default"], "").0);
    followed(|| async { house.named("lars@b.org").await.tenant.is_first() }).await;
    let (well, text) = user(folder, &["tenant", "ada@lab.org", "clinic-b"], "");
    assert!(!well && text.contains("only administrator"), "{text}");
    assert!(!user(folder, &["tenant", "ada@lab.org", "No Name"], "").0);
}

/// The cache in front of the states looks at the log once a second.
async fn followed<F: Future<Output = bool>>(is_so: impl Fn() -> F) {
    for _ in 0..600 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the server did not follow");
}
