//! PostgreSQL's programs, as they are installed, and a cluster to copy.
//!
//! `initdb` runs once for each checkout; its result is kept in the target folder and copied, which
//! takes a tenth of the time.

use std::{
    env, fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

/// Where Debian and others put the programs of each version.
const PLACES: [&str; 3] = [
    "/usr/lib/postgresql",
    "/usr/local/pgsql",
    "/opt/homebrew/opt",
];

/// A new cluster without databases of our own, ready to be copied.
pub fn template() -> PathBuf {
    let version = program("postgres");
    let version = version.iter().rev().nth(2).unwrap().to_string_lossy();
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgres-{version}"));
    if kept.exists() {
        return kept;
    }
    let folder = tempfile::tempdir().unwrap();
    give_away(folder.path());
    let data = folder.path().join("data");
    run(as_postgres(&program("initdb"))
        .arg("-D")
        .arg(&data)
        .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"])
        .args(["--no-sync", "--no-instructions", "--wal-segsize=1"]));
    // Copied next to its place and then moved there: whole or not at all. A test that was faster
    // has put the same there.
    let copy = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    run(Command::new("cp").arg("-R").arg(&data).arg(copy.path()));
    let moved = fs::rename(copy.path().join("data"), &kept);
    assert!(moved.is_ok() || kept.exists(), "{moved:?}");
    kept
}

/// The newest version's program.
pub fn program(name: &str) -> PathBuf {
    let versions = PLACES.iter().filter_map(|place| fs::read_dir(place).ok());
    let folders = versions.flatten().map(|entry| entry.unwrap().path());
    let number = |folder: &PathBuf| {
        let name = folder.file_name()?.to_str()?;
        name.trim_start_matches("postgresql@").parse::<u32>().ok()
    };
    let newest = folders
        .filter(|folder| folder.join("bin/postgres").exists())
        .max_by_key(number);
    match newest {
        Some(folder) => folder.join("bin").join(name),
        None => panic!(
            "PostgreSQL is missing: install the package `postgresql` (scripts/setup.sh test does)"
        ),
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// PostgreSQL does not run as root.
pub fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

pub fn give_away(folder: &Path) {
    if is_root() {
        run(Command::new("chown").args(["-R", "postgres"]).arg(folder));
    }
}

pub fn run(command: &mut Command) {
    let output = command.current_dir(env::temp_dir()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
