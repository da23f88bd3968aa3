//! The settings of a server are told to its own administrators: not to other roles, not to another tenant's.

use app::people::Role;
use serde_json::json;

use super::House;

#[tokio::test]
async fn only_an_administrator_of_the_whole_server_sees_how_it_is_set() {
    let house = House::new().await;
    for (email, role, is_told) in [
        ("ada@lab.org", Role::Admin, true),
        ("bob@lab.org", Role::Editor, false),
        ("eve@lab.org", Role::Viewer, false),
    ] {
        house.account(email, "P", role).await;
        let browser = house.logged_in(email).await;
        let answer = browser.call("get_settings", json!({})).await;
        assert_eq!(answer.json()["server"].is_object(), is_told, "{email}");
        let page = browser.get("/settings").await.text();
        assert_eq!(page.contains("state.database_url"), is_told, "{email}");
    }
    let guest = house.app.visitor().await;
    let page = guest.get("/settings").await.text();
    assert!(!page.contains("state.database_url"));
}
