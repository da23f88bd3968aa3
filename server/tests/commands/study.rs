//! A study at the terminal: tables come in, are counted and merged, and leave as files.

use std::time::Duration;

use app::people::Role;
use axum::http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{
    holdfast,
    lab::{ADA, Lab},
    lines,
};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../samples/pbc");
const PEOPLE: &str = "id,age,sex\n1,40.5,f\n2,50.5,m\n3,61.5,f\n";
const LABS: &str = "id,visit,bili\n1,1,1.5\n1,2,3.2\n2,1,2.1\n3,1,0.5\n";

fn counts(answer: &Value) -> (u64, u64) {
    let number = |name: &str| answer[name].as_u64().unwrap();
    (number("participants"), number("rows"))
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_come_in_are_counted_and_merged_and_a_server_on_the_folder_has_them() {
    let lab = Lab::new().await;
    let files = ["demographics", "labs", "exams"].map(|name| format!("{SAMPLES}/{name}.csv"));
    let mut import = vec!["import", "--user", ADA];
    import.extend(files.iter().map(String::as_str));
    let came = lab.done(&import);
    assert!(came.iter().all(|one| one["outcome"] == "imported"));
    assert_eq!(
        (&came[2]["table"], &came[2]["rows"]),
        (&json!("exams"), &json!(1945))
    );

    // She logs in for the first time now: what is hers already is not covered by the samples.
    let ada = lab.ada().await;
    let study = ada.call("get_study", json!({})).await.json();
    let tables = study["study"]["tables"].as_array().unwrap();
    assert_eq!(tables.len(), 3);
    assert!(tables.iter().all(|table| table["is_sample"] == false));

    let asked = ["query", "--user", ADA, "--age", "40..60", "--sex", "f"];
    let counted = lab.done(&asked).remove(0);
    assert_eq!(counts(&counted), (179, 1123));
    assert_eq!(counted["steps"].as_array().unwrap().len(), 3);
    let merged = lab.done(&[&asked[..], &["-o", "cohort.csv"]].concat());
    assert_eq!(counts(&merged[0]), (179, 1123));
    assert_eq!(merged[1]["file"], "cohort.csv");
    let text = String::from_utf8(lab.content("cohort.csv")).unwrap();
    assert_eq!(text.lines().count(), 1 + 1123);

    // A server that has looked before hears of it within a second.
    let mut study = Value::Null;
    for _ in 0..600 {
        study = ada.call("get_study", json!({})).await.json();
        if !study["result"].is_null() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(study["result"]["row_count"], 1123);
    let (code, again, why) = lab.run(&["export", "dataset", "--user", ADA, "-o", "-"]);
    assert_eq!((code, again), (0, text), "{why}");
    let left = std::fs::read_dir(lab.path()).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name());
    let unfinished = left.filter(|name| name.to_str().unwrap().starts_with(".holdfast"));
    assert_eq!(unfinished.count(), 0);
}

#[test]
fn the_sample_study_is_counted_and_merged_for_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let asked = ["query", "--age", "40..60", "--sex", "f"];
        let (code, text, why) = holdfast(folder.path(), &[&asked[..], more].concat());
        assert_eq!(code, 0, "{why}");
        text
    };
    assert_eq!(counts(&lines(&run(&["--json"]))[0]), (179, 1123));
    assert_eq!(run(&["--count"]), "179 participants, 1123 rows\n");
    let text = run(&["--table", "demographics", "-o", "-"]);
    assert_eq!(text.lines().count(), 1 + 179);
    run(&["-o", "cohort.parquet", "--wide"]);
    let file = std::fs::read(folder.path().join("cohort.parquet")).unwrap();
    assert!(file.starts_with(b"PAR1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_take_both_ends_and_a_saved_query_is_where_others_begin() {
    let lab = Lab::new().await;
    lab.file("demographics.csv", PEOPLE);
    lab.file("labs.csv", LABS);
    lab.done(&["import", "demographics.csv", "labs.csv", "--user", ADA]);
    let left = |more: &[&str]| {
        let asked = [&["query", "--user", ADA], more].concat();
        counts(&lab.done(&asked)[0])
    };
    assert_eq!(left(&[]), (3, 4));
    assert_eq!(left(&["--where", "labs.bili >= 2.1"]), (2, 2));
    assert_eq!(left(&["--where", "labs.bili = 1..2.1"]), (2, 2));
    assert_eq!(left(&["--where", "labs.bili <= 1.5", "--sex", "f"]), (2, 2));
    assert_eq!(left(&["--where", "demographics.sex = f, m"]), (3, 4));
    assert_eq!(
        left(&["--table", "demographics", "--age", "..50.5"]),
        (2, 2)
    );

    let ada = lab.ada().await;
    let saved = json!([{
        "id": "q1", "name": "older", "notes": "", "saved_at": 0,
        "spec": {"filters": {"age": {"min": 50, "max": null}}, "selection": {"labs": ["bili"]}},
    }]);
    let input =
        json!({"key": "query.saved", "data": saved.to_string(), "expected": 0, "client": "tab"});
    assert_eq!(ada.call("write_store", input).await.json(), json!(1));
    assert_eq!(left(&["--saved", "older"]), (2, 2));
    assert_eq!(left(&["--saved", "older", "--sex", "f"]), (1, 1));
    let (code, _, why) = lab.run(&["query", "--user", ADA, "--saved", "younger"]);
    assert_eq!(code, 3);
    assert!(why.contains("older"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_asked_for_a_part_that_they_contain_or_do_not() {
    let lab = Lab::new().await;
    lab.file("demographics.csv", PEOPLE);
    lab.file(
        "notes.csv",
        "id,note,co~2\n1,Mild oedema,38\n2,no OEDEMA seen,41\n3,ascites,44\n",
    );
    lab.done(&["import", "demographics.csv", "notes.csv", "--user", ADA]);
    let left = |filters: &[&str]| {
        let mut asked = vec!["query", "--user", ADA];
        for filter in filters {
            asked.extend(["--where", *filter]);
        }
        let counted = lab.done(&asked).remove(0);
        (counts(&counted).0, counted["steps"][1]["label"].clone())
    };
    assert_eq!(
        left(&["notes.note ~ oedema"]),
        (2, json!("note contains \"oedema\""))
    );
    assert_eq!(
        left(&["notes.note!~Mild"]),
        (2, json!("note without \"Mild\""))
    );
    assert_eq!(
        left(&["notes.note ~ OEDEMA", "notes.note !~ mild"]).0,
        1,
        "both hold"
    );
    assert_eq!(left(&["notes.note = ascites"]).0, 1, "a whole text");
    assert_eq!(left(&["notes.co~2 >= 40"]).0, 2, "a sign in a name");
}

/// A file of query parameters without the moment it was written at.
fn undated(text: &str) -> String {
    let lines = text
        .lines()
        .filter(|it| !it.starts_with("export_timestamp"));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_query_leaves_as_the_page_writes_it() {
    let lab = Lab::new().await;
    let mut ada = lab.ada().await;
    let query = json!({"spec": {"filters": {"age": {"min": 50, "max": 60}}}, "name": "older", "notes": "for \"July\""});
    let kept = ada.ask("POST", "/queries", &[], query).await.json();
    let spec = kept["spec"].to_string();
    let spec = utf8_percent_encode(&spec, NON_ALPHANUMERIC);
    let form = format!("query={spec}&name=older&notes=for+%22July%22");
    let kind = "application/x-www-form-urlencoded";
    let page = ada.post("/query/parameters.toml", kind, form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());

    let export = ["export", "query", "older", "--user", ADA];
    let (code, text, why) = lab.run(&[&export[..], &["-o", "-"]].concat());
    assert_eq!(code, 0, "{why}");
    assert!(text.contains("age_range = [50.0, 60.0]"), "{text}");
    assert_eq!(undated(&text), undated(&page.text()));
    let named = lab.done(&export).remove(0)["file"].clone();
    let named = named.as_str().unwrap();
    assert!(
        named.starts_with("older_") && named.ends_with(".toml"),
        "{named}"
    );
    assert_eq!(
        undated(&String::from_utf8(lab.content(named)).unwrap()),
        undated(&text)
    );

    let (code, _, why) = lab.run(&["export", "query", "younger", "--user", ADA]);
    assert_eq!(code, 3);
    assert!(why.contains("older"), "{why}");
}

#[test]
fn what_does_not_fit_the_study_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for (option, value, part) in [
        (
            "--where",
            "labs.bilirubin >= 2",
            "no column bilirubin; it has",
        ),
        ("--where", "lab.bili >= 2", "no table lab; there are"),
        ("--where", "labs.bili > 2", "write >= or <="),
        ("--where", "labs.bili >= high", "\"high\" is no number"),
        ("--where", "labs.bili", "write table.column >= 2"),
        ("--where", "exams.stage = 9", "no \"9\""),
        ("--where", "labs.bili ~ 2", "bili holds no text"),
        ("--where", "demographics.sex !~", "no text after !~"),
        ("--sex", "female", "--sex: there is no \"female\""),
        ("--visit", "99", "--visit: there is no \"99\""),
        ("--table", "lab", "--table: there is no table lab"),
        ("--columns", "labs.nothing", "--columns: table labs"),
        ("--saved", "mine", "--user"),
        ("--age", "60..40", "60 is more than 40"),
    ] {
        let (code, text, why) = holdfast(folder.path(), &["query", option, value]);
        assert_eq!((code, text.as_str()), (2, ""), "{option} {value}: {why}");
        assert!(why.contains(part), "{option} {value}: {why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_good_is_named_with_its_place_and_the_others_come_in() {
    let lab = Lab::new().await;
    lab.file("good.csv", PEOPLE);
    lab.file("bad.csv", "id,name\n1,Ada\n2,\"Bob\n");
    lab.file("later.csv", LABS);
    let files = ["good.csv", "bad.csv", "missing.csv", "later.csv"];
    let (code, text, why) = lab.run(&[&["import", "--user", ADA, "--json"], &files[..]].concat());
    assert_eq!(code, 2, "as the first that failed: {why}");
    let came = lines(&text);
    assert_eq!(came.len(), 2, "{text}");
    assert_eq!(
        (&came[0]["table"], &came[1]["table"]),
        (&json!("good"), &json!("later"))
    );
    let told = lines(&why);
    let bad = &told[0];
    assert_eq!(
        (&bad["file"], &bad["line"], &bad["column"], &bad["code"]),
        (&json!("bad.csv"), &json!(3), &json!("name"), &json!(2))
    );
    assert_eq!(
        (&told[1]["file"], &told[1]["code"]),
        (&json!("missing.csv"), &json!(3))
    );
    assert_eq!(told[2]["error"], "2 of 4 files did not come in");
    let (_, _, why) = lab.run(&["import", "--user", ADA, "bad.csv"]);
    assert!(
        why.starts_with("holdfast: bad.csv, line 3, column name: "),
        "{why}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_is_refused_unless_it_is_said_what_to_do() {
    let lab = Lab::new().await;
    lab.file("labs.csv", LABS);
    lab.file("new/labs.csv", LABS.replace("0.5", "0.7"));
    lab.done(&["import", "labs.csv", "--user", ADA]);
    let new = ["import", "new/labs.csv", "--user", ADA];
    let (code, _, why) = lab.run(&new);
    assert_eq!(code, 4, "{why}");
    assert!(why.contains("--on-duplicate"), "{why}");
    let ada = lab.ada().await;
    let study = ada.call("get_study", json!({})).await.json();
    assert_eq!(study["imports"], json!([]), "no question stays open");

    let with = |answer: &str| {
        let asked = [&new[..], &["--on-duplicate", answer]].concat();
        lab.done(&asked).remove(0)
    };
    assert_eq!(with("skip")["outcome"], "skipped");
    assert_eq!(with("rename")["table"], "labs_2");
    assert_eq!(with("replace")["table"], "labs");
    assert_eq!(with("replace")["outcome"], "unchanged");
    let named = lab.done(&[&new[..], &["--as", "scores"]].concat());
    assert_eq!(named[0]["table"], "scores");
    assert_eq!(
        lab.run(&[
            "import",
            "labs.csv",
            "new/labs.csv",
            "--as",
            "x",
            "--user",
            ADA
        ])
        .0,
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_role_does_not_allow_and_whose_is_unknown_is_refused() {
    let lab = Lab::new().await;
    lab.account("vic@lab.org", Role::Viewer).await;
    lab.file("labs.csv", LABS);
    let (code, _, why) = lab.run(&["import", "labs.csv", "--user", "vic@lab.org"]);
    assert_eq!(code, 4, "{why}");
    assert!(why.contains("viewer"), "{why}");
    let (code, _, why) = lab.run(&["import", "labs.csv"]);
    assert_eq!(code, 2);
    assert!(why.contains("--user"), "{why}");
    let nobody = lab.run(&["import", "labs.csv", "--user", "nobody@lab.org"]);
    assert_eq!(nobody.0, 3, "{}", nobody.2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_leaves_as_a_file_and_comes_in_again_as_it_was() {
    let lab = Lab::new().await;
    lab.file("labs.csv", LABS);
    lab.done(&["import", "labs.csv", "--user", ADA]);
    let export = ["export", "table", "labs", "--user", ADA];
    let (code, text, why) = lab.run(&[&export[..], &["-o", "-"]].concat());
    assert_eq!((code, text.as_str()), (0, LABS), "{why}");
    let parquet = [&export[..], &["--format", "parquet"]].concat();
    assert_eq!(lab.done(&parquet)[0]["file"], "labs.parquet");
    let again = lab.done(&["import", "labs.parquet", "--as", "again", "--user", ADA]);
    assert_eq!(
        (&again[0]["table"], &again[0]["rows"]),
        (&json!("again"), &json!(4))
    );
    let (code, _, why) = lab.run(&["export", "table", "exams", "--user", ADA]);
    assert_eq!(code, 3);
    assert!(why.contains("again") && why.contains("labs"), "{why}");
    assert_eq!(lab.run(&["export", "dataset", "--user", ADA]).0, 3);
}
