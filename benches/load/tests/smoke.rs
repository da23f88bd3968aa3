//! The load programs on a built server, so briefly that nothing is measured: that they still go. Skipped with a word
//! where no server is built.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may panic, and says why it is skipped"
)]

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The built server: beside this program, or in the shared target folder.
fn server() -> Option<PathBuf> {
    let name = format!("holdfast{}", env::consts::EXE_SUFFIX);
    let beside = Path::new(env!("CARGO_BIN_EXE_load")).with_file_name(&name);
    let shared =
        env::var_os("CARGO_TARGET_DIR").map(|it| Path::new(&it).join("release").join(&name));
    [Some(beside), shared]
        .into_iter()
        .flatten()
        .find(|path| path.exists())
}

/// What a scenario prints.
fn run(words: &[&str]) {
    let Some(server) = server() else {
        eprintln!("skipped: no server is built (make build)");
        return;
    };
    let output = Command::new(env!("CARGO_BIN_EXE_load"))
        .args(words)
        .args([
            "--seconds",
            "0.2",
            "--warm",
            "0.1",
            "--connections",
            "8",
            "--states",
            "40",
            "--no-bars",
        ])
        .arg("--program")
        .arg(server)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{words:?}: {told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(told.contains("met") || told.contains("missed"), "{told}");
}

#[test]
fn states_are_read() {
    run(&["reads"]);
}

#[test]
fn states_are_written() {
    run(&["writes"]);
}

#[test]
fn states_are_listed_and_searched() {
    run(&["list"]);
    run(&["search"]);
}

#[test]
fn pages_are_made() {
    run(&["page"]);
}

#[test]
fn changes_are_heard() {
    run(&["live", "--sockets", "20", "--events", "50"]);
}

#[test]
fn a_soak_of_seconds_comes_to_a_verdict() {
    run(&["soak", "--minutes", "0.03", "--every", "0.2"]);
}
