//! The few scripts that glue libraries to pages: one bundle for each `frontend/js/*.ts`, loaded only where it is used.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, files_below};
use crate::layout::Layout;
use crate::site::{PKG, Variant};
use crate::step::{self, Finished, Made};
use crate::{optimise, tools};

const SOURCES: &str = "frontend/js";

/// Bundles each entry; what entries share becomes a chunk of its own. The role is the entry's stem: `chart`.
pub fn build(layout: &Layout, variant: Variant) -> Result<Finished> {
    let sources = layout.root.join(SOURCES);
    let inputs = Fingerprint::new()?
        .folder(&sources)?
        .file(&optimise::lock_file(layout))?
        .bytes(variant.name().as_bytes())
        .finish();
    step::run(layout, "scripts", inputs, variant.is_release(), |folder| {
        let entries = entries(&sources)?;
        if entries.is_empty() {
            return Ok(Made::new());
        }
        let record = folder.join("bundles.json");
        let mut esbuild = Command::new(layout.node_program("esbuild"));
        esbuild
            .current_dir(&layout.root)
            .args(&entries)
            .args([
                "--bundle",
                "--splitting",
                "--format=esm",
                "--target=es2022",
                "--log-level=warning",
                // Styles of a library come with its script, which lays them over its own page.
                "--loader:.css=text",
            ])
            .args([
                "--entry-names=[name].[hash]",
                "--chunk-names=shared.[hash]",
                "--legal-comments=none",
            ])
            .arg(format!(
                "--outdir={}",
                folder.join(PKG).join("js").display()
            ))
            .arg(format!("--metafile={}", record.display()));
        if variant.is_release() {
            esbuild.arg("--minify");
        }
        tools::run(&mut esbuild)?;
        let text = fs::read(&record).map_err(Error::file("read", &record))?;
        fs::remove_file(&record).map_err(Error::file("remove", record))?;
        let record: Value =
            serde_json::from_slice(&text).map_err(|error| Error::step("scripts", error))?;
        Ok(made(&record))
    })
}

/// Only the files directly in the folder are entries; folders below hold what they import.
fn entries(sources: &Path) -> Result<Vec<PathBuf>> {
    let files = files_below(sources)?;
    let is_entry = |file: &PathBuf| {
        let name = file.to_string_lossy();
        file.components().count() == 1
            && name.ends_with(".ts")
            && !name.ends_with(".d.ts")
            && !name.ends_with(".test.ts")
    };
    Ok(files
        .into_iter()
        .filter(is_entry)
        .map(|file| Path::new(SOURCES).join(file))
        .collect())
}

/// esbuild's record of its outputs: `{"outputs": {"<path>/chart.ABC.js": {"entryPoint": "frontend/js/chart.ts"}}}`.
fn made(record: &Value) -> Made {
    let outputs = record["outputs"].as_object().into_iter().flatten();
    outputs
        .filter_map(|(path, output)| {
            let role = Path::new(output["entryPoint"].as_str()?)
                .file_stem()?
                .to_str()?;
            let file = Path::new(path).file_name()?.to_str()?;
            Some((role.to_owned(), format!("{PKG}/js/{file}")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_named_by_its_stem_and_a_shared_chunk_is_not_named() {
        let record = serde_json::json!({ "outputs": {
            "../out/pkg/js/chart.A1.js": { "entryPoint": "frontend/js/chart.ts" },
            "../out/pkg/js/shared.B2.js": {},
        }});
        assert_eq!(
            made(&record),
            Made::from([("chart".to_owned(), "pkg/js/chart.A1.js".to_owned())])
        );
    }
}
