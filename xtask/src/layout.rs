//! Where things are: the checkout, cargo's target folder, the work folder, the finished site.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The folders of one build.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The checkout: the nearest folder upwards that holds `xtask/Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// What each step has made, kept between builds so that an unchanged step is skipped.
    pub work: PathBuf,
    /// The finished site.
    pub site: PathBuf,
}

impl Layout {
    /// Finds the checkout from the working directory; `CARGO_TARGET_DIR` and `HOLDFAST_SITE_DIR` are honoured.
    pub fn find() -> Result<Self> {
        let here = env::current_dir().map_err(Error::file("find", "the working directory"))?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("xtask/Cargo.toml").is_file())
            .ok_or_else(|| {
                Error::step(
                    "layout",
                    "not inside a checkout of Holdfast: change into it first",
                )
            })?
            .to_path_buf();
        let target = folder_from("CARGO_TARGET_DIR", &here).unwrap_or_else(|| root.join("target"));
        let site = folder_from("HOLDFAST_SITE_DIR", &here).unwrap_or_else(|| root.join("site"));
        let work = target.join("site-build");
        Ok(Self {
            root,
            target,
            work,
            site,
        })
    }

    /// A program of the npm project.
    pub fn node_program(&self, name: &str) -> PathBuf {
        self.root.join("node_modules/.bin").join(name)
    }
}

fn folder_from(variable: &str, here: &Path) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(|value| here.join(value))
}
