//! The whole site: the steps in their order, for people who use it or, quickly, for people who change it.
//! It deliberately knows nothing of what a step does.

use std::fs::{self, File};
use std::path::Path;

use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::step::Made;
use crate::terminal::say;
use crate::{assemble, assets, optimise, report, scripts, styles, wasm};

/// Stem of the code and the style sheet (LEPTOS_OUTPUT_NAME).
pub const NAME: &str = "holdfast";
/// Folder of the hashed files (LEPTOS_SITE_PKG_DIR).
pub const PKG: &str = "pkg";

/// What the command line says.
#[derive(clap::Args)]
pub struct Options {
    /// Fail when the first load is over its budget
    #[arg(long)]
    check_budget: bool,
    /// Quick and large: for `make dev`
    #[arg(long, conflicts_with = "check_budget")]
    dev: bool,
}

/// What is built: small for people who use it, or quickly for people who change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Optimised, minified, compressed.
    Release,
    /// As the compilers leave it.
    Dev,
}

impl Variant {
    /// Part of every step's inputs.
    pub fn name(self) -> &'static str {
        self.wasm_profile()
    }

    /// Cargo's profile for the crate `frontend`.
    pub fn wasm_profile(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "wasm-dev",
        }
    }

    /// Whether size matters.
    pub fn is_release(self) -> bool {
        self == Self::Release
    }
}

/// Builds the site and prints what each part weighs.
pub fn build(options: &Options) -> Result<()> {
    let layout = Layout::find()?;
    let variant = if options.dev {
        Variant::Dev
    } else {
        Variant::Release
    };
    optimise::require_tools(&layout)?;
    fs::create_dir_all(&layout.work).map_err(Error::file("create", &layout.work))?;
    let _one_at_a_time = lock(&layout.work.join("lock"))?;

    let steps = [
        assets::build(&layout, variant)?,
        styles::build(&layout, variant)?,
        scripts::build(&layout, variant)?,
        wasm::build(&layout, variant)?,
    ];
    let made: Made = steps.iter().flat_map(|step| step.made.clone()).collect();
    assemble::site(&layout.site, &steps, &made)?;
    say(format_args!(
        "  site in {}",
        layout
            .site
            .strip_prefix(&layout.root)
            .unwrap_or(&layout.site)
            .display()
    ));
    if variant.is_release() {
        let first_load = report::print(&layout.site, &made)?;
        if options.check_budget {
            report::check(first_load)?;
        }
    }
    Ok(())
}

/// Two builds at once (two terminals) would write into each other's folders. Released when the file is closed.
fn lock(path: &Path) -> Result<File> {
    let file = File::create(path).map_err(Error::file("create", path))?;
    file.lock().map_err(Error::file("lock", path))?;
    Ok(file)
}
