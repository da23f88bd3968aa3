//! An authenticator app: knows a key and shows the code of the moment (RFC 6238), written here once more so that the server's
//! own reading of the standard is held against another.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac};
use holdfast::Clock;
use serde_json::json;
use sha1::Sha1;

use super::{House, PASSWORD};
use crate::helpers::Browser;

pub(super) struct Authenticator(Vec<u8>);

impl Authenticator {
    /// Takes the key that the Account page shows.
    fn of(key: &str) -> Self {
        let key = key.replace(' ', "");
        Self(BASE32_NOPAD.decode(key.as_bytes()).unwrap())
    }

    /// The key as text.
    pub(super) fn key(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The code of now, by the server's clock.
    pub(super) fn code(&self, house: &House) -> String {
        let step = house.clock.now().0 / 30_000;
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).unwrap();
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 0xf);
        let four: [u8; 4] = hash[at..at + 4].try_into().unwrap();
        let code = (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000;
        format!("{code:06}")
    }

    /// One that is not the code of now.
    pub(super) fn wrong_code(&self, house: &House) -> String {
        let right: u32 = self.code(house).parse().unwrap();
        format!("{:06}", (right + 500_001) % 1_000_000)
    }
}

/// A password as a form sends it.
pub(super) fn typed(password: &str) -> String {
    password.replace(' ', "+")
}

/// Turns the second factor on in this browser; the app, and the recovery codes.
pub(super) async fn turn_on(
    house: &House,
    browser: &mut Browser<'_>,
) -> (Authenticator, Vec<String>) {
    let password = format!("password={}", typed(PASSWORD));
    let begun = browser.submit("/account/factor-begin", &password).await;
    assert_eq!(
        begun.header("location"),
        "/account?done=begun",
        "{}",
        begun.text()
    );
    let account = browser.call("get_account", json!({})).await.json();
    let shown = &account["factor"]["Begun"];
    assert!(shown["picture"].as_str().unwrap().starts_with("M4 4h7"));
    let app = Authenticator::of(shown["key"].as_str().unwrap());
    let code = format!("code={}", app.code(house));
    let done = browser.submit("/account/factor-on", &code).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    assert_eq!(done.header("cache-control"), "no-store");
    (app, recovery_codes(&done.text()))
}

/// The recovery codes that a page shows: four groups of six letters and digits.
pub(super) fn recovery_codes(page: &str) -> Vec<String> {
    let is_of_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let words = page.split(|c| !is_of_code(c));
    let is_code =
        |word: &&str| word.split('-').count() == 4 && word.split('-').all(|group| group.len() == 6);
    let codes: BTreeSet<&str> = words.filter(is_code).collect();
    codes.into_iter().map(str::to_owned).collect()
}
