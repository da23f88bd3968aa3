//! The files in `deploy/`: what they name is there, and what they are written in can be read.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use saphyr_parser::{Event, Parser};
use server::{
    Settings, metrics_table,
    settings::{Login, table},
};

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
    let path: PathBuf = folder.join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A folder with what a build leaves, of which the program is this shell script, and a script of the checkout that takes
/// it for the build.
fn built(script: &str, program: &str) -> (tempfile::TempDir, Command) {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    for part in ["release", "site"] {
        std::fs::create_dir(folder.path().join(part)).unwrap();
    }
    let holdfast = folder.path().join("release/holdfast");
    std::fs::write(&holdfast, format!("#!/bin/sh\n{program}\n")).unwrap();
    std::fs::set_permissions(&holdfast, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(folder.path().join("site/hash.txt"), "js: 0f\n").unwrap();
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts");
    let mut command = Command::new(scripts.join(script));
    command
        .env("CARGO_TARGET_DIR", folder.path())
        .env("HOLDFAST_SITE_DIR", folder.path().join("site"))
        .env("HOLDFAST_CONTEXT", folder.path().join("context"));
    (folder, command)
}

#[test]
fn what_the_image_copies_is_gathered_before() {
    let (folder, mut gather) = built("image.sh", "true");
    let done = gather.arg("gather").output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let text = file("Dockerfile");
    let copied: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("COPY ")?.split(' ').next())
        .collect();
    assert_eq!(copied, ["holdfast", "site"]);
    for name in copied {
        let path = folder.path().join("context").join(name);
        assert!(path.exists(), "{}", path.display());
    }
    assert!(folder.path().join("context/site/hash.txt").is_file());
}

#[test]
fn what_the_settings_file_says_is_not_overruled_by_the_start() {
    let (_folder, mut start) = built("start.sh", "env");
    for name in ["HOLDFAST_SERVER__ADDR", "HOLDFAST_DATA_DIR"] {
        start.env_remove(name);
    }
    let done = start.output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(text.contains("HOLDFAST_SITE_DIR="), "{done:?}");
    for name in ["HOLDFAST_SERVER__ADDR", "HOLDFAST_DATA_DIR"] {
        assert!(!text.contains(name), "{text}");
    }
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
    assert!(!settings.server.trusted_proxies.is_empty());
    assert_eq!(settings.accounts.login, Login::Required);
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
        "proxy_set_header X-Forwarded-For $remote_addr",
        "limit_req zone=holdfast_entry",
    ] {
        assert!(nginx.contains(needed), "{needed}");
    }
}
