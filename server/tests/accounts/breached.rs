//! Passwords that were stolen elsewhere are nobody's here.

use std::path::Path;

use app::people::Role;
use sha1::{Digest, Sha1};

use super::{House, PASSWORD, log_in, sign_up};

/// Good by every other rule.
const STOLEN: &str = "sea otters wrap in kelp";

/// A list as Pwned Passwords has it.
fn list(folder: &Path) -> std::path::PathBuf {
    let words = ["password", STOLEN, "letmein", "correct horse"];
    let mut lines = words.map(|word| format!("{}:17\r\n", hex::encode_upper(Sha1::digest(word))));
    lines.sort_unstable();
    let file = folder.join("pwned.txt");
    std::fs::write(&file, lines.concat()).unwrap();
    file
}

async fn house(folder: &Path) -> House {
    let file = list(folder);
    House::with(|settings| settings.accounts.breached_passwords = Some(file)).await
}

#[tokio::test]
async fn a_stolen_password_is_refused_where_one_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path()).await;
    let mut browser = house.app.browser();
    let stolen = STOLEN.replace(' ', "+");
    let fields = format!("email=bob@lab.org&name=Bob&password={stolen}");
    let refused = browser.submit("/account/sign-up", &fields).await;
    assert_eq!(refused.header("location"), "/account?problem=stolen");
    let page = browser.get("/account?problem=stolen").await.text();
    assert!(page.contains("This password is known to thieves."));
    let made = sign_up(&mut browser, "bob@lab.org", "Bob").await;
    assert_eq!(made.header("location"), "/account?done=made");

    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let mut ada = house.logged_in("ada@lab.org").await;
    let current = PASSWORD.replace(' ', "+");
    let fields = format!("current={current}&password={stolen}");
    let refused = ada.submit("/account/password", &fields).await;
    assert_eq!(refused.header("location"), "/account?problem=stolen");
    let entered = log_in(&mut house.app.browser(), "ada@lab.org", PASSWORD).await;
    assert_eq!(entered.header("location"), "/", "the old one stays");
}

#[tokio::test]
async fn a_list_that_goes_away_makes_no_password_good() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path()).await;
    std::fs::remove_file(folder.path().join("pwned.txt")).unwrap();
    let mut browser = house.app.browser();
    let refused = sign_up(&mut browser, "bob@lab.org", "Bob").await;
    assert_eq!(refused.header("location"), "/account?problem=failed");
    assert_eq!(house.people.has_accounts().await, Ok(false));
}

#[tokio::test]
async fn a_server_does_not_start_with_a_list_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pwned.txt");
    std::fs::write(&file, "password\nletmein\n").unwrap();
    let mut settings = server::Settings {
        data_dir: folder.path().join("data"),
        site_dir: folder.path().join("site"),
        ..server::Settings::default()
    };
    settings.server.addr = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    settings.accounts.breached_passwords = Some(file);
    let refused = server::Application::build(settings).await.err().unwrap();
    let told = refused.to_string();
    assert!(told.contains("accounts.breached_passwords"), "{told}");
}
