//! Who stands behind a proxy is counted and shown by their own address, if the proxy is known; nobody makes up an address.

use app::people::Role;
use serde_json::json;
use server::settings::Network;

use super::{House, PASSWORD};
use crate::helpers::Browser;

/// A login that the server hears of from a proxy at 127.0.0.1, which says where it comes from; where it leads.
async fn log_in_from(browser: &mut Browser<'_>, said: &str, password: &str) -> String {
    let request = browser
        .request("POST", "/account/log-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header("x-forwarded-for", said);
    let fields = format!("email=ada@lab.org&password={password}");
    let answer = browser.app.send(request.body(fields.into()).unwrap()).await;
    if let Some((pair, _)) = answer.header("set-cookie").split_once(';') {
        browser.cookie = Some(pair.to_owned());
    }
    answer.header("location").to_owned()
}

async fn house(trusted: &[&str]) -> House {
    let trusted = trusted.iter().map(|text| (*text).to_owned().try_into());
    let trusted: Vec<Network> = trusted.collect::<Result<_, _>>().unwrap();
    let house = House::with(|settings| settings.server.trusted_proxies = trusted).await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    house
}

#[tokio::test]
async fn behind_a_known_proxy_nobody_locks_out_who_comes_from_elsewhere() {
    let house = house(&["127.0.0.1"]).await;
    let mut eve = house.app.browser();
    for left in [4, 3, 2, 1, 0] {
        // What Eve makes up stands left of what the proxy saw.
        let said = format!("192.0.2.{left}, 198.51.100.7");
        assert_eq!(
            log_in_from(&mut eve, &said, "wrong").await,
            format!("/account?problem=credentials&n={left}")
        );
    }
    let locked = log_in_from(&mut eve, "198.51.100.7", "wrong").await;
    assert!(locked.starts_with("/account?problem=throttled"), "{locked}");
    let mut ada = house.app.browser();
    let password = PASSWORD.replace(' ', "+");
    assert_eq!(log_in_from(&mut ada, "192.0.2.1", &password).await, "/");
    let account = ada.call("get_account", json!({})).await.json();
    assert_eq!(account["logins"][0]["address"], "192.0.2.1");
}

#[tokio::test]
async fn what_somebody_says_who_is_no_known_proxy_is_not_believed() {
    for trusted in [vec![], vec!["10.0.0.0/8"]] {
        let house = house(&trusted).await;
        let mut eve = house.app.browser();
        for n in 0..5 {
            log_in_from(&mut eve, &format!("192.0.2.{n}"), "wrong").await;
        }
        let locked = log_in_from(&mut eve, "192.0.2.9", "wrong").await;
        assert!(locked.starts_with("/account?problem=throttled"), "{locked}");
    }
}
