//! Who may join: by links that are good once, or not at all.

use std::time::Duration;

use app::people::{Joining, Refused, Role, SignUp, Tenant};
use serde_json::json;

use super::{House, PASSWORD, sign_up};

#[tokio::test]
async fn where_sign_up_is_by_invitation_or_closed_a_form_is_refused() {
    for (sign_up_is, word) in [(SignUp::Invitation, "closed"), (SignUp::Closed, "closed")] {
        let house = House::with(|settings| settings.accounts.sign_up = Some(sign_up_is)).await;
        let mut browser = house.app.browser();
        let answer = sign_up(&mut browser, "ada@lab.org", "Ada").await;
        assert_eq!(
            answer.header("location"),
            format!("/account?problem={word}")
        );
        assert_eq!(house.people.has_accounts().await, Ok(false));
        assert!(
            !browser
                .get("/account")
                .await
                .text()
                .contains("Make an account")
        );
    }
}

#[tokio::test]
async fn a_server_on_the_network_invites_unless_it_is_told_otherwise() {
    let house =
        House::with(|settings| settings.server.public_url = "https://data.lab.org".into()).await;
    assert_eq!(house.people.terms().sign_up, SignUp::Invitation);
    let house = House::new().await;
    assert_eq!(house.people.terms().sign_up, SignUp::Open);
}

#[tokio::test]
async fn the_first_link_makes_one_administrator_once() {
    let house = House::new().await;
    let old = house.people.first_link().await.unwrap().unwrap();
    let link = house.people.first_link().await.unwrap().unwrap();
    let fields = |link: &str, email: &str| {
        format!("link={link}&email={email}&name=Ada&password=kelp+holds+fast")
    };
    let mut browser = house.app.browser();
    assert!(
        browser
            .get(&format!("/account/first?token={}", link.reveal()))
            .await
            .text()
            .contains("first administrator")
    );
    for wrong in [old.reveal(), "", "x"] {
        let answer = browser
            .submit("/account/make-first", &fields(wrong, "eve@lab.org"))
            .await;
        assert!(
            answer.header("location").ends_with("problem=link"),
            "{}",
            answer.header("location")
        );
    }
    let weak = format!(
        "link={}&email=ada@lab.org&name=Ada&password=short",
        link.reveal()
    );
    let answer = browser.submit("/account/make-first", &weak).await;
    assert_eq!(
        answer.header("location"),
        format!("/account/first?token={}&problem=short", link.reveal())
    );
    let answer = browser
        .submit("/account/make-first", &fields(link.reveal(), "ada@lab.org"))
        .await;
    assert_eq!(answer.header("location"), "/account?done=made");
    assert_eq!(house.named("ada@lab.org").await.role, Role::Admin);
    let answer = browser
        .submit("/account/make-first", &fields(link.reveal(), "eve@lab.org"))
        .await;
    assert!(answer.header("location").ends_with("problem=link"));
    assert_eq!(
        house.people.first_link().await.unwrap(),
        None,
        "there is an administrator"
    );
    assert_eq!(house.people.all().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_invitation_gives_its_role_once_and_for_a_week() {
    let house = House::with(|settings| settings.accounts.sign_up = Some(SignUp::Invitation)).await;
    let ada = house.account("ada@lab.org", "Ada", Role::Admin).await;
    let browser = house.logged_in("ada@lab.org").await;
    let path = browser
        .call("invite", json!({"role": "editor"}))
        .await
        .json();
    let link = path
        .as_str()
        .unwrap()
        .strip_prefix("/account/invited?token=")
        .unwrap()
        .to_owned();
    let joining = |email: &str| Joining {
        email: email.into(),
        name: "Bob".into(),
        password: PASSWORD.into(),
    };
    let here = std::net::IpAddr::from([127, 0, 0, 1]);
    let mut guest = house.app.browser();
    let fields = format!("link={link}&email=bob@lab.org&name=Bob&password=kelp+holds+fast");
    assert_eq!(
        guest
            .submit("/account/join", &fields)
            .await
            .header("location"),
        "/account?done=made"
    );
    assert_eq!(house.named("bob@lab.org").await.role, Role::Editor);
    assert_eq!(
        house.people.join(&link, joining("eve@lab.org"), here).await,
        Err(Refused::Link)
    );
    let late = house
        .people
        .invite(&ada, Role::Viewer, Tenant::default())
        .await
        .unwrap();
    house.clock.advance(Duration::from_secs(7 * 24 * 3600));
    assert_eq!(
        house
            .people
            .join(late.reveal(), joining("eve@lab.org"), here)
            .await,
        Err(Refused::Link)
    );
}

#[tokio::test]
async fn an_invitation_is_good_no_longer_than_its_maker_may_invite() {
    let house = House::with(|settings| settings.accounts.sign_up = Some(SignUp::Invitation)).await;
    house.account("eve@lab.org", "Eve", Role::Admin).await;
    let ada = house.account("ada@lab.org", "Ada", Role::Admin).await;
    let invited = house.people.invite(&ada, Role::Admin, Tenant::default());
    let link = invited.await.unwrap();
    let operator = holdfast::Actor::new("test");
    let suspended = house.people.suspend(&ada.id, None, &operator).await;
    suspended.unwrap();
    assert!(
        house
            .people
            .invitation(link.reveal())
            .await
            .unwrap()
            .is_none()
    );
    let joining = Joining {
        email: "bob@lab.org".into(),
        name: "Bob".into(),
        password: PASSWORD.into(),
    };
    let here = std::net::IpAddr::from([127, 0, 0, 1]);
    let joined = house.people.join(link.reveal(), joining, here).await;
    assert_eq!(joined, Err(Refused::Link));
}

#[tokio::test]
async fn a_link_stays_good_where_its_address_has_an_account() {
    let house = House::with(|settings| settings.accounts.sign_up = Some(SignUp::Invitation)).await;
    house.account("bob@lab.org", "Bob", Role::Viewer).await;
    let joining = |email: &str| Joining {
        email: email.into(),
        name: "Bob".into(),
        password: PASSWORD.into(),
    };
    let first = house.people.first_link().await.unwrap().unwrap();
    let of = |email: &str| house.people.make_first(first.reveal(), joining(email));
    assert_eq!(of("bob@lab.org").await, Err(Refused::Taken));
    assert_eq!(of("ada@lab.org").await, Ok(()));
    assert_eq!(of("eve@lab.org").await, Err(Refused::Link));

    let ada = house.named("ada@lab.org").await;
    let invited = house.people.invite(&ada, Role::Editor, Tenant::default());
    let link = invited.await.unwrap();
    let here = std::net::IpAddr::from([127, 0, 0, 1]);
    let of = |email: &str| house.people.join(link.reveal(), joining(email), here);
    assert_eq!(of("bob@lab.org").await, Ok(()), "they are told as ever");
    assert_eq!(house.named("bob@lab.org").await.role, Role::Viewer);
    assert_eq!(of("cyd@lab.org").await, Ok(()));
    assert_eq!(house.named("cyd@lab.org").await.role, Role::Editor);
    assert_eq!(of("eve@lab.org").await, Err(Refused::Link));
}

#[tokio::test]
async fn who_signs_up_first_on_their_own_machine_administers_it_and_is_told_before() {
    let house = House::new().await;
    let mut browser = house.app.browser();
    let told = "yours administers this server";
    assert!(browser.get("/account").await.text().contains(told));
    sign_up(&mut browser, "ada@lab.org", "Ada").await;
    assert_eq!(house.named("ada@lab.org").await.role, Role::Admin);
    assert!(!browser.get("/account").await.text().contains(told));
    sign_up(&mut browser, "bob@lab.org", "Bob").await;
    assert_eq!(house.named("bob@lab.org").await.role, Role::Analyst);
}

#[tokio::test]
async fn who_signs_up_first_from_elsewhere_does_not_administer() {
    let of_network = |settings: &mut server::Settings| {
        settings.server.public_url = "https://data.lab.org".into();
        settings.accounts.sign_up = Some(SignUp::Open);
    };
    let nobody = |settings: &mut server::Settings| {
        settings.server.administration = server::settings::Administration::Nobody;
    };
    for house in [House::with(of_network).await, House::with(nobody).await] {
        let mut browser = house.app.browser();
        sign_up(&mut browser, "ada@lab.org", "Ada").await;
        assert_eq!(house.named("ada@lab.org").await.role, Role::Analyst);
    }
    // Somebody's proxy stands in front of a server that knows of none.
    let house = House::new().await;
    let request = house
        .app
        .browser()
        .request("POST", "/account/sign-up")
        .header("x-forwarded-for", "192.0.2.1")
        .header("content-type", "application/x-www-form-urlencoded");
    let fields = "email=ada@lab.org&name=Ada&password=kelp+holds+fast";
    house.app.send(request.body(fields.into()).unwrap()).await;
    assert_eq!(house.named("ada@lab.org").await.role, Role::Analyst);
}
