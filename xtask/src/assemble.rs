//! The folder that the server serves, put together from the finished steps.
//!
//! ```text
//! site/
//!   hash.txt        what leptos reads to find the hashed code (LEPTOS_HASH_FILE_NAME)
//!   manifest.json   role -> address of everything that has a hash: {"chart": "/pkg/js/chart.AB12.js"}
//!   favicon.svg     and the rest of public/
//!   pkg/            hashed names only: may be cached for ever
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::fingerprint::files_below;
use crate::names::{LOADER, MANIFEST};
use crate::site::NAME;
use crate::step::{Finished, Made};

/// New files first, then the two indexes, then the old files go: a running server never points at a missing file.
pub fn site(site: &Path, steps: &[Finished], made: &Made) -> Result<()> {
    let mut wanted = BTreeSet::from([PathBuf::from("hash.txt"), PathBuf::from("manifest.json")]);
    for step in steps {
        for file in files_below(&step.folder)? {
            let to = site.join(&file);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
            }
            fs::copy(step.folder.join(&file), &to).map_err(Error::file("copy", &to))?;
            wanted.insert(file);
        }
    }
    replace(&site.join("manifest.json"), &manifest(made))?;
    replace(&site.join("hash.txt"), &hashes(made))?;
    for file in files_below(site)? {
        if !wanted.contains(&file) {
            fs::remove_file(site.join(&file)).map_err(Error::file("remove", file))?;
        }
    }
    Ok(())
}

/// Readers see the old text or the new one, never half of it.
fn replace(path: &Path, text: &str) -> Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, text).map_err(Error::file("write", &new))?;
    fs::rename(&new, path).map_err(Error::file("rename", new))
}

fn manifest(made: &Made) -> String {
    let addresses = made
        .iter()
        .map(|(role, path)| (role.clone(), serde_json::Value::from(format!("/{path}"))));
    serde_json::Value::Object(addresses.collect()).to_string()
}

/// What `HydrationScripts` and `HashedStylesheet` read: `<kind>: <hash>`, a line for each kind.
fn hashes(made: &Made) -> String {
    let kinds = [
        ("js", format!("{NAME}.js")),
        ("wasm", format!("{NAME}.wasm")),
        ("css", format!("{NAME}.css")),
        ("split", LOADER.to_owned()),
        ("manifest", MANIFEST.to_owned()),
    ];
    let line =
        |(kind, role): (&str, String)| Some(format!("{kind}: {}\n", hash_in(made.get(&role)?)?));
    kinds.into_iter().filter_map(line).collect()
}

/// `pkg/holdfast.0f.js` -> `0f`.
fn hash_in(path: &str) -> Option<&str> {
    path.rsplit('.').nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leptos_finds_the_hash_of_each_kind_that_was_made() {
        let made = Made::from([
            ("holdfast.js".to_owned(), "pkg/holdfast.0f.js".to_owned()),
            ("holdfast.css".to_owned(), "pkg/holdfast.1e.css".to_owned()),
            ("chart".to_owned(), "pkg/js/chart.2d.js".to_owned()),
        ]);
        assert_eq!(hashes(&made), "js: 0f\ncss: 1e\n");
        assert!(manifest(&made).contains(r#""chart":"/pkg/js/chart.2d.js""#));
    }
}
