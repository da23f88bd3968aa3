//! Plots for programs: the page's own numbers, the rows inside a part of a plot, and what is refused.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::{Browser, TestApp};

/// A merged result of everybody's bilirubin, albumin and stage: its address.
async fn merged(browser: &Browser<'_>) -> String {
    let question = json!({"selection": {"labs": ["bili", "albumin"], "exams": ["stage"]}});
    let made = browser.ask("POST", "/datasets", &[], question).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    format!("/datasets/{}", made.json()["id"].as_str().unwrap())
}

async fn plotted(browser: &Browser<'_>, at: &str, drawing: Value) -> Value {
    let drawn = browser
        .ask("POST", &format!("{at}/plot"), &[], drawing)
        .await;
    assert_eq!(drawn.status, StatusCode::OK, "{}", drawn.text());
    drawn.json()
}

#[tokio::test]
async fn a_plot_has_the_numbers_of_the_page() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let at = merged(&browser).await;
    let id = at.strip_prefix("/datasets/").unwrap();
    for drawing in [
        json!({"kind": "scatter", "x": "albumin", "y": "bili", "log_y": true, "fit_by_colour": true, "colour": "stage"}),
        json!({"kind": "histogram", "x": "bili", "bins": 12, "bandwidth": {"rule": "manual", "value": 0.5}}),
        json!({"kind": "box", "x": "stage", "y": "bili"}),
        json!({"kind": "violin", "x": "stage", "y": "bili", "one_visit_each": true}),
        json!({"kind": "density", "x": "albumin", "y": "bili"}),
        json!({"kind": "visits", "y": "bili"}),
    ] {
        let page = json!({"result_id": id, "spec": drawing});
        let page = browser.call("get_plot", page).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let told = plotted(&browser, &at, drawing.clone()).await;
        assert_eq!(told, page.json(), "{drawing}");
        assert_eq!(told["result_id"], id);
    }
    let histogram = plotted(&browser, &at, json!({"kind": "histogram", "x": "bili"})).await;
    let tests = histogram["panels"][0]["tests"].as_array().unwrap();
    assert_eq!(tests[0]["name"], "Shapiro-Wilk");
    assert!(tests[0]["sentence"].as_str().unwrap().contains("bili"));
    let boxes = plotted(
        &browser,
        &at,
        json!({"kind": "box", "x": "stage", "y": "bili"}),
    )
    .await;
    let anova = &boxes["panels"][0]["anova"];
    assert!(anova["f"].as_f64().unwrap() > 0.0, "{anova}");
    assert_eq!(
        anova["pairwise"].as_array().unwrap().len(),
        6,
        "of 4 stages"
    );
}

#[tokio::test]
async fn a_page_is_drawn_of_the_result_it_shows_when_a_newer_one_has_taken_its_place() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let at = merged(&browser).await;
    let id = at.strip_prefix("/datasets/").unwrap();
    let question = json!({"selection": {"labs": ["bili"]}});
    let newer = browser.ask("POST", "/datasets", &[], question).await;
    assert_eq!(newer.status, StatusCode::CREATED, "{}", newer.text());
    assert_ne!(newer.json()["id"], id);
    let spec = json!({"kind": "scatter", "x": "albumin", "y": "bili"});
    let drawn = json!({"result_id": id, "spec": spec});
    let drawn = browser.call("get_plot", drawn).await;
    assert_eq!(drawn.status, StatusCode::OK, "{}", drawn.text());
    assert_eq!(drawn.json()["result_id"], id);
    let nobodys = json!({"result_id": "0", "spec": spec});
    let nobodys = browser.call("get_plot", nobodys).await;
    assert_eq!(nobodys.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_rows_inside_a_part_are_counted_paged_and_taken_home() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let at = merged(&browser).await;
    let picked = json!({
        "plot": {"kind": "scatter", "x": "albumin", "y": "bili"},
        "region": {"shape": "box", "x": {"max": 3.0}, "y": {"min": 5.0}},
    });
    let inside = format!("{at}/plot/selection");
    let page =
        format!("{inside}?limit=2&sort=%5B%7B%22column%22:%22bili%22,%22descending%22:true%7D%5D");
    let told = browser.ask("POST", &page, &[], picked.clone()).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    let told = told.json();
    let points = told["points"].as_u64().unwrap();
    assert!(points > 2, "{told}");
    assert_eq!((&told["total"], &told["next"]), (&json!(points), &json!(2)));
    assert!(told["participants"].as_u64().unwrap() <= points);
    assert!(told["mean_y"].as_f64().unwrap() > 5.0 && told["mean_x"].as_f64().unwrap() < 3.0);
    let columns = told["columns"].as_array().unwrap();
    let bili = columns.iter().position(|name| name == "bili").unwrap();
    let value = |row: &Value| row[bili].as_str().unwrap().parse::<f64>().unwrap();
    let rows = told["rows"].as_array().unwrap();
    assert!(value(&rows[0]) >= value(&rows[1]), "{rows:?}");

    let file = format!("{inside}/file");
    let csv = browser.ask("POST", &file, &[], picked.clone()).await;
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert!(csv.header("content-disposition").contains("selection_"));
    assert_eq!(csv.text().lines().count() as u64, 1 + points);
    let triangle = json!({
        "plot": picked["plot"],
        "region": {"shape": "polygon", "corners": [[1.0, 0.0], [5.0, 0.0], [3.0, 30.0]]},
    });
    let some = browser.ask("POST", &inside, &[], triangle).await.json();
    assert!(some["points"].as_u64().unwrap() > points, "{some}");
}

#[tokio::test]
async fn what_cannot_be_drawn_is_refused_and_what_is_somebody_elses_is_not_there() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let at = merged(&ada).await;
    let plot = format!("{at}/plot");
    for (drawing, status, told) in [
        (json!({"x": "albumin"}), StatusCode::BAD_REQUEST, "vertical"),
        (
            json!({"x": "albumen", "y": "bili"}),
            StatusCode::BAD_REQUEST,
            "albumen",
        ),
        (json!({"column": "bili"}), StatusCode::BAD_REQUEST, "column"),
        (
            json!({"kind": "histogram", "x": "bili", "bins": 0}),
            StatusCode::UNPROCESSABLE_ENTITY,
            "bins",
        ),
    ] {
        let refused = ada.ask("POST", &plot, &[], drawing.clone()).await;
        assert_eq!(refused.status, status, "{drawing}: {}", refused.text());
        assert!(refused.text().contains(told), "{}", refused.text());
    }
    let lasso = json!({
        "plot": {"kind": "histogram", "x": "bili"},
        "region": {"shape": "polygon", "corners": [[1.0, 1.0], [2.0, 1.0], [2.0, 2.0]]},
    });
    for inside in ["/selection", "/selection/file"] {
        let refused = ada
            .ask("POST", &format!("{plot}{inside}"), &[], lasso.clone())
            .await;
        assert_eq!(
            refused.status,
            StatusCode::BAD_REQUEST,
            "{}",
            refused.text()
        );
    }
    for (path, body) in [
        ("", json!({"kind": "histogram", "x": "bili"})),
        ("/selection", lasso.clone()),
        ("/selection/file", lasso),
    ] {
        let path = format!("{plot}{path}");
        let theirs = bob.ask("POST", &path, &[], body.clone()).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{path}");
        let nobody = app.browser().ask("POST", &path, &[], body).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}
