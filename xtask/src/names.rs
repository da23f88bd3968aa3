//! Hashed names for the code: the WASM, its bindings, the lazy parts and their loader.
//!
//! These files refer to one another in a circle (bindings -> loader -> bindings), so they share one hash over all of
//! them. The references are then rewritten where JavaScript resolves them as addresses. The loader's plain name also
//! stands in the WASM as the *module name* of an import and in the bindings as the key of that import; those two must
//! stay as they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::fingerprint::{files_below, name_of_all};

/// Folder that wasm-bindgen makes for JavaScript that crates bring along.
const SNIPPETS: &str = "snippets";
/// The module from which lazy routes import their loaders: leptos_macro puts this name into the WASM, its 22
/// underscores standing where the server later expects the hash.
pub const LOADER: &str = "__wasm_split.______________________.js";

/// Which files a lazy route needs: the server reads it and adds preloads to the page.
pub const MANIFEST: &str = "__wasm_split_manifest.json";

/// Renames all files in `folder` from `<stem>.<extension>` to `<stem>.<hash>.<extension>`; returns the hash.
pub fn hash(folder: &Path) -> Result<String> {
    let files = files_below(folder)?;
    let mut contents = BTreeMap::new();
    for file in &files {
        let path = folder.join(file);
        contents.insert(file, fs::read(&path).map_err(Error::file("read", path))?);
    }
    let hash = name_of_all(contents.values().map(Vec::as_slice));
    let plain: Vec<String> = files
        .iter()
        .filter_map(|file| file.to_str())
        .map(str::to_owned)
        .collect();

    for (file, bytes) in contents {
        let path = folder.join(file);
        let is_script = path.extension().is_some_and(|extension| extension == "js");
        if is_script {
            let text = String::from_utf8(bytes).map_err(|error| Error::step("names", error))?;
            fs::write(&path, rewrite(&text, &plain, &hash)).map_err(Error::file("write", &path))?;
        }
        if !file.starts_with(SNIPPETS) {
            rename(&path, &folder.join(hashed(&file.to_string_lossy(), &hash)))?;
        }
    }
    let snippets = folder.join(SNIPPETS);
    if snippets.is_dir() {
        rename(&snippets, &folder.join(format!("{SNIPPETS}.{hash}")))?;
    }
    Ok(hash)
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(Error::file("rename", from))
}

/// `split_plot.wasm` -> `split_plot.<hash>.wasm`; `snippets/x/inline0.js` -> `snippets.<hash>/x/inline0.js`.
pub fn hashed(file: &str, hash: &str) -> String {
    if file == LOADER {
        return format!("__wasm_split.{hash}.js");
    }
    if let Some(below) = file.strip_prefix("snippets/") {
        return format!("{SNIPPETS}.{hash}/{below}");
    }
    match file.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{file}.{hash}"),
    }
}

/// Rewrites the addresses of `files` in a script: `from "./x"`, `import "./x"`, `new URL("./x", ..)`, `new URL("x", ..)`.
fn rewrite(script: &str, files: &[String], hash: &str) -> String {
    files.iter().fold(script.to_owned(), |script, file| {
        let new = hashed(file, hash);
        ["from", "import", "from ", "import ", "URL(", "import("]
            .iter()
            .fold(script, |script, before| {
                ["\"", "'"].iter().fold(script, |script, quote| {
                    ["./", ""].iter().fold(script, |script, here| {
                        script.replace(
                            &format!("{before}{quote}{here}{file}{quote}"),
                            &format!("{before}{quote}./{new}{quote}"),
                        )
                    })
                })
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_rewritten_and_the_name_of_the_import_is_not() {
        let script = r#"import*as a from"./link.js";const i={"./link.js":a};fetch(new URL("./split_plot.wasm",import.meta.url))"#;
        let files = ["link.js".to_owned(), "split_plot.wasm".to_owned()];
        assert_eq!(
            rewrite(script, &files, "0f"),
            r#"import*as a from"./link.0f.js";const i={"./link.js":a};fetch(new URL("./split_plot.0f.wasm",import.meta.url))"#
        );
    }

    #[test]
    fn a_snippet_moves_with_its_folder() {
        assert_eq!(
            hashed("snippets/gloo/inline0.js", "0f"),
            "snippets.0f/gloo/inline0.js"
        );
    }

    #[test]
    fn the_loader_has_the_name_that_leptos_looks_for() {
        assert_eq!(hashed(LOADER, "0f"), "__wasm_split.0f.js");
        assert_eq!(LOADER.matches('_').count(), 2 + 1 + 22);
    }
}
