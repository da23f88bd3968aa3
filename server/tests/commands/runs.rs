//! Runs at the terminal: simulated, compared, carried elsewhere, cancelled.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use app::people::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    lab::{ADA, Lab},
    lines,
};

const FIXED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../samples/protocols/fixed_monthly.yaml"
);

/// Simulates 100 patients over two years; what is told of the run.
fn simulate(lab: &Lab, protocol: &str, name: &str, more: &[&str]) -> Value {
    let run = [
        "run",
        protocol,
        "--user",
        ADA,
        "--patients",
        "100",
        "--years",
        "2",
        "--seed",
        "7",
        "--start",
        "2026-01-01",
        "--name",
        name,
    ];
    lab.done(&[&run[..], more].concat()).remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_result_here_and_on_the_page() {
    let lab = Lab::new().await;
    let one = simulate(&lab, "aflibercept_te.yaml", "Heron", &["--tag", "nhs"]);
    let again = simulate(&lab, "aflibercept_te.yaml", "Again", &["--threads", "1"]);
    assert_ne!(one["id"], again["id"]);
    assert_eq!(one["checksum"], again["checksum"]);
    assert_eq!(one["outcomes"]["all"]["baseline"]["n"], 100);

    let ada = lab.ada().await;
    let order = json!({"order": {
        "file": "aflibercept_te.yaml", "name": "Page", "patients": 100, "years": 2.0, "seed": 7,
        "recruitment": "all_at_once", "start_date": "2026-01-01", "tags": [],
    }});
    let id = ada.call("start_run", order).await.json();
    let mut run = Value::Null;
    for _ in 0..1200 {
        run = ada.call("get_run", json!({"id": id})).await.json();
        if run["row"]["status"] == "completed" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(run["result_checksum"], one["checksum"]);
    let sought = json!({"sought": {"text": "heron", "tags": ["nhs"]}, "offset": 0});
    let found = ada.call("find_runs", sought).await.json();
    assert_eq!(found["found"]["rows"][0]["id"], one["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_is_the_one_that_programs_get_and_who_is_missing_is_said() {
    let lab = Lab::new().await;
    let one = simulate(&lab, "aflibercept_te.yaml", "Heron", &[]);
    let other = simulate(&lab, FIXED, "Lantern", &[]);
    let ids = [&one, &other].map(|run| run["id"].as_str().unwrap());
    let compare = ["compare", "Heron", ids[1], "--user", ADA];
    let answer = lab.done(&compare).remove(0);
    let ada = lab.ada().await;
    let address = format!(
        "/api/v1/compare?runs={},{}&mode=statistical",
        ids[0], ids[1]
    );
    let asked = ada.get(&address).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text());
    assert_eq!(answer, asked.json());
    assert_eq!(answer["pairs"].as_array().unwrap().len(), 3);

    let (_, table, _) = lab.run(&[&compare[..], &["--format", "csv"]].concat());
    let file = ada.get(&format!("{address}&format=csv")).await;
    assert_eq!(table, file.text());
    let (code, words, _) = lab.run(&compare);
    assert_eq!(code, 0);
    assert!(words.contains("Vision at the end") && words.contains("Lantern"));

    let unknown = [&compare[..], &["sim_unknown", "--json"]].concat();
    let (code, text, why) = lab.run(&unknown);
    assert_eq!(code, 3, "{why}");
    assert!(why.contains("sim_unknown"), "{why}");
    assert_eq!(lines(&text)[0]["metrics"], answer["metrics"]);
    assert_eq!(lab.run(&["compare", "Heron", "--user", ADA]).0, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_leaves_as_a_package_and_is_somebody_elses_too_unless_it_is_damaged() {
    let lab = Lab::new().await;
    lab.account("bob@lab.org", Role::Analyst).await;
    let run = simulate(&lab, "aflibercept_te.yaml", "Heron", &[]);
    lab.done(&["export", "run", "Heron", "--user", ADA, "-o", "heron.zip"]);
    let bobs = [
        "import",
        "heron.zip",
        "--user",
        "bob@lab.org",
        "--as",
        "Egret",
    ];
    let came = lab.done(&bobs).remove(0);
    assert_eq!(
        (&came["outcome"], &came["name"]),
        (&json!("run"), &json!("Egret"))
    );
    assert_eq!(came["checksum"], run["checksum"]);
    let package = lab.content("heron.zip");
    lab.file("half.zip", &package[..package.len() / 2]);
    let (code, _, why) = lab.run(&["import", "half.zip", "--user", ADA]);
    assert_eq!(code, 5, "{why}");
    let (code, _, why) = lab.run(&["export", "run", "Heron", "--user", "bob@lab.org"]);
    assert_eq!(code, 3, "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_arm_of_a_trial_becomes_a_run() {
    let lab = Lab::new().await;
    let rows = "who,day,letters,arm\n1,0,60,a\n1,28,62,a\n2,0,55,b\n2,30,50,b\n";
    lab.file("trial.csv", rows);
    let mapping = "patient=who,time=day,measure=letters,arm=arm";
    let came = lab.done(&["import", "trial.csv", "--trial", mapping, "--user", ADA]);
    assert_eq!(came.len(), 2);
    assert!(came.iter().all(|one| one["outcome"] == "run"));
    let wrong = "patient=who,time=day,measure=height";
    let (code, _, why) = lab.run(&["import", "trial.csv", "--trial", wrong, "--user", ADA]);
    assert_eq!(code, 2, "{why}");
    let half = lab.run(&[
        "import",
        "trial.csv",
        "--trial",
        "patient=who",
        "--user",
        ADA,
    ]);
    assert_eq!(half.0, 2, "{}", half.2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_simulated_is_refused_and_leaves_nothing() {
    let lab = Lab::new().await;
    let order = |protocol: &str, patients: &str| {
        lab.run(&[
            "run",
            protocol,
            "--user",
            ADA,
            "--patients",
            patients,
            "--years",
            "2",
        ])
    };
    let (code, _, why) = order("nothing.yaml", "100");
    assert_eq!(code, 3);
    assert!(why.contains("aflibercept_te.yaml"), "{why}");
    let (code, _, why) = order("aflibercept_te.yaml", "3");
    assert_eq!(code, 2);
    assert!(why.contains("patients"), "{why}");
    lab.file("mine.yaml", "name: half a protocol\n");
    assert_eq!(order("mine.yaml", "100").0, 2);
    let ada = lab.ada().await;
    let all = json!({"sought": {}, "offset": 0});
    let found = ada.call("find_runs", all).await.json();
    assert_eq!(found["found"]["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_interrupted_is_cancelled_and_says_so() {
    let lab = Lab::new().await;
    let ada = lab.ada().await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command
        .args(["run", "aflibercept_te.yaml", "--user", ADA])
        .args(["--patients", "1000000", "--years", "5", "--name", "Long"])
        .current_dir(lab.path())
        .env("HOLDFAST_DATA_DIR", lab.path().join("data"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let all = json!({"sought": {}, "offset": 0});
    let going = async {
        loop {
            let found = ada.call("find_runs", all.clone()).await.json();
            if found["going"][0]["name"] == "Long" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let is_going = tokio::time::timeout(Duration::from_secs(60), going).await;
    assert!(is_going.is_ok(), "the server sees it");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    let ended = child.wait_with_output().unwrap();
    let why = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(130), "{why}");
    assert!(why.contains("cancelled by ada"), "{why}");
    let over = async {
        loop {
            let found = ada.call("find_runs", all.clone()).await.json();
            if found["found"]["rows"][0]["status"] == "failed" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let is_over = tokio::time::timeout(Duration::from_secs(60), over).await;
    assert!(is_over.is_ok(), "the server sees that it failed");
    let folder = lab.path().join("data/simulations");
    let tables = std::fs::read_dir(folder).unwrap();
    let tables = tables.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_str().unwrap().starts_with("sim_")
    });
    assert_eq!(tables.count(), 0, "nothing of it is kept");
}
