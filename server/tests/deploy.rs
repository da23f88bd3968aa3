//! The files in `deploy/`: what they name is there, and what they are written in can be read.

use std::path::{Path, PathBuf};

use saphyr_parser::{Event, Parser};
use server::{Settings, metrics_table, settings::table};

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
    let path: PathBuf = folder.join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Everything in a text that begins so, as far as a name goes.
fn names<'a>(text: &'a str, begin: &str) -> Vec<&'a str> {
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let found = text.match_indices(begin).map(|(at, _)| {
        let rest = &text[at..];
        &rest[..rest
            .find(|letter| !is_of_name(letter))
            .unwrap_or(rest.len())]
    });
    found.collect()
}

#[test]
fn every_variable_they_set_is_a_setting() {
    let known = table();
    let own = ["HOLDFAST_CONFIG"];
    let mut found = 0;
    for name in [
        "holdfast.service",
        "Dockerfile",
        "compose.yaml",
        "kubernetes/holdfast.yaml",
    ] {
        for variable in names(&file(name), "HOLDFAST_") {
            let is_known = known.contains(&format!("`{variable}`"));
            assert!(is_known || own.contains(&variable), "{name}: {variable}");
            found += 1;
        }
    }
    assert!(found > 10, "{found}");
}

#[test]
fn yaml_files_can_be_read_and_the_settings_in_them_are_settings() {
    for (name, documents) in [("compose.yaml", 1), ("kubernetes/holdfast.yaml", 4)] {
        let text = file(name);
        let mut begun = 0;
        for event in Parser::new_from_str(&text) {
            let (event, _) = event.unwrap_or_else(|error| panic!("{name}: {error}"));
            begun += usize::from(matches!(event, Event::DocumentStart(_)));
        }
        assert_eq!(begun, documents, "{name}");
    }
    let text = file("kubernetes/holdfast.yaml");
    let (_, block) = text.split_once("holdfast.toml: |\n").unwrap();
    let lines = block.lines().take_while(|line| *line != "---");
    let settings: String = lines.map(|line| format!("{}\n", line.trim())).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdfast.toml");
    std::fs::write(&path, settings).unwrap();
    let settings = Settings::load(&path).unwrap();
    assert_eq!(settings.server.drain_seconds, 10);
    assert!(settings.metrics.addr.is_some());
}

#[test]
fn the_dashboard_shows_metrics_that_there_are() {
    let text = file("grafana-dashboard.json");
    let dashboard: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() > 10);
    let known = metrics_table();
    let mut found = [names(&text, "holdfast_"), names(&text, "process_")].concat();
    found.retain(|name| *name != "holdfast");
    assert!(found.len() > 20);
    for name in found {
        let family = ["_bucket", "_count", "_sum"]
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .unwrap_or(name);
        assert!(known.contains(&format!("`{family}`")), "{name}");
    }
}

#[test]
fn the_probes_and_addresses_they_name_are_there() {
    let all = [file("kubernetes/holdfast.yaml"), file("Dockerfile")].concat();
    for path in ["/health/live", "/health/ready"] {
        assert!(all.contains(path), "{path}");
    }
    let nginx = file("nginx.conf");
    for needed in [
        "proxy_set_header Host $http_host",
        "proxy_set_header Upgrade",
        "proxy_buffering off",
    ] {
        assert!(nginx.contains(needed), "{needed}");
    }
}
