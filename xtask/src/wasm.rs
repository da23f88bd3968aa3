//! The application's WASM: cargo, the splitter for lazy routes, wasm-bindgen, wasm-opt, hashed names.
//!
//! The libraries behind cargo-leptos are called directly, so that one lock file pins the application's wasm-bindgen
//! and this one (docs/decisions/0002-site-build-by-xtask.md).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::layout::Layout;
use crate::names::{self, LOADER, MANIFEST};
use crate::site::{NAME, PKG, Variant};
use crate::step::{self, Finished, Made};
use crate::{gather, optimise, tools};

const TARGET: &str = "wasm32-unknown-unknown";
/// Builds the crate `frontend` and everything the browser needs to start it.
pub fn build(layout: &Layout, variant: Variant) -> Result<Finished> {
    let wasm = compile(layout, variant)?;
    let inputs = Fingerprint::new()?
        .file(&wasm)?
        .file(&optimise::lock_file(layout))?
        .bytes(variant.name().as_bytes())
        .finish();
    step::run(layout, "wasm", inputs, variant.is_release(), |folder| {
        let pkg = folder.join(PKG);
        let mut lazy = split(&wasm, &pkg)?;
        gather::gather(layout, &pkg, &mut lazy)?;
        bind(&pkg)?;
        if variant.is_release() {
            optimise::wasm(layout, &pkg)?;
            optimise::scripts(layout, &pkg)?;
        }
        let hash = names::hash(&pkg)?;
        write_manifest(&pkg, &lazy, &hash)?;
        Ok(made(&lazy, &hash))
    })
}

fn compile(layout: &Layout, variant: Variant) -> Result<PathBuf> {
    let profile = variant.wasm_profile();
    tools::run_shown(
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(&layout.root)
            .args([
                "build",
                "--package",
                "frontend",
                "--lib",
                "--target",
                TARGET,
                "--profile",
                profile,
            ]),
    )?;
    Ok(layout
        .target
        .join(TARGET)
        .join(profile)
        .join("frontend.wasm"))
}

/// Lazy route -> stems of the files it needs.
pub type Lazy = BTreeMap<String, Vec<String>>;

/// Splits the lazy routes off. Without any, the main file comes out as one and the loader is removed.
fn split(wasm: &Path, pkg: &Path) -> Result<Lazy> {
    let input = fs::read(wasm).map_err(Error::file("read", wasm))?;
    let main = main_file(pkg);
    let (link_name, main_module) = (format!("./{LOADER}"), format!("./{NAME}.js"));
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = pkg;
    options.main_out_path = &main;
    options.link_name = &link_name;
    options.main_module = &main_module;
    let split =
        wasm_split_cli_support::transform(options).map_err(|error| Error::step("split", error))?;
    let lazy: Lazy = split.prefetch_map.into_iter().collect();
    if lazy.is_empty() {
        let loader = pkg.join(LOADER);
        fs::remove_file(&loader).map_err(Error::file("remove", loader))?;
    }
    Ok(lazy)
}

fn main_file(pkg: &Path) -> PathBuf {
    pkg.join(format!("{NAME}.wasm"))
}

/// Writes `holdfast.js` and replaces `holdfast.wasm` by the one that fits it.
fn bind(pkg: &Path) -> Result<()> {
    let main = main_file(pkg);
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&main)
        .out_name(NAME)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .keep_lld_exports(true)
                .demangle(false)
                .typescript(false)
                .generate(pkg)
        })
        .map_err(|error| Error::step("wasm-bindgen", error))?;
    let bound = pkg.join(format!("{NAME}_bg.wasm"));
    fs::rename(&bound, &main).map_err(Error::file("rename", bound))
}

fn write_manifest(pkg: &Path, lazy: &Lazy, hash: &str) -> Result<()> {
    if lazy.is_empty() {
        return Ok(());
    }
    let hashed: Lazy = lazy
        .iter()
        .map(|(route, stems)| {
            (
                route.clone(),
                stems.iter().map(|stem| format!("{stem}.{hash}")).collect(),
            )
        })
        .collect();
    let path = pkg.join(names::hashed(MANIFEST, hash));
    let text = serde_json::to_vec(&hashed).map_err(|error| Error::step("manifest", error))?;
    fs::write(&path, text).map_err(Error::file("write", path))
}

fn made(lazy: &Lazy, hash: &str) -> Made {
    let mut files = vec![format!("{NAME}.js"), format!("{NAME}.wasm")];
    if !lazy.is_empty() {
        files.extend([LOADER.to_owned(), MANIFEST.to_owned()]);
    }
    files.extend(lazy.values().flatten().map(|stem| format!("{stem}.wasm")));
    files
        .into_iter()
        .map(|file| {
            (
                file.clone(),
                format!("{PKG}/{}", names::hashed(&file, hash)),
            )
        })
        .collect()
}
