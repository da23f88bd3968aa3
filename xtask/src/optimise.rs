//! Making code small: wasm-opt for WASM, esbuild's minifier for the bindings.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::compress::in_parallel;
use crate::error::{Error, Result};
use crate::fingerprint::files_below;
use crate::layout::Layout;
use crate::tools;

/// What rustc's WASM uses and every current browser has. Named one by one: `--all-features` also writes compact
/// imports, which Chromium refuses to load.
pub const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-sign-ext",
];

/// Shrinks every WASM file in `folder` in place.
pub fn wasm(layout: &Layout, folder: &Path) -> Result<()> {
    in_parallel(with_extension(folder, "wasm")?, |path| {
        tools::run(
            Command::new(layout.node_program("wasm-opt"))
                // Twice: what the first round merges, the second can take out.
                .args(["-Oz", "-Oz", "--strip-producers", "--strip-target-features"])
                .args(FEATURES)
                .arg(&path)
                .arg("-o")
                .arg(&path),
        )
    })
}

/// Shrinks every script in `folder` in place. Nothing is bundled: the scripts go on importing one another.
pub fn scripts(layout: &Layout, folder: &Path) -> Result<()> {
    in_parallel(with_extension(folder, "js")?, |path| {
        tools::run(
            Command::new(layout.node_program("esbuild"))
                .arg(&path)
                .args([
                    "--minify",
                    "--format=esm",
                    "--target=es2022",
                    "--log-level=warning",
                    "--allow-overwrite",
                ])
                .arg(format!("--outfile={}", path.display())),
        )
    })
}

fn with_extension(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let files = files_below(folder)?;
    let wanted = files
        .into_iter()
        .filter(|file| file.extension().is_some_and(|found| found == extension));
    Ok(wanted.map(|file| folder.join(file)).collect::<Vec<_>>())
}

/// The version of the npm tools: what they make depends on it.
pub fn lock_file(layout: &Layout) -> PathBuf {
    layout.root.join("package-lock.json")
}

/// Refuses early when `npm ci` has not run.
pub fn require_tools(layout: &Layout) -> Result<()> {
    if layout.node_program("esbuild").exists() {
        return Ok(());
    }
    Err(Error::step(
        "site",
        "node_modules is missing: run `make setup` (or `npm ci`) first",
    ))
}
