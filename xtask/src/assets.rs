//! Files that browsers and robots ask for under a fixed name: `public/` goes into the site as it is.

use std::fs;

use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, files_below};
use crate::layout::Layout;
use crate::site::Variant;
use crate::step::{self, Finished, Made};

/// Copies `public/`. Its files have no role: nobody looks up a fixed name.
pub fn build(layout: &Layout, variant: Variant) -> Result<Finished> {
    let public = layout.root.join("public");
    let inputs = Fingerprint::new()?
        .folder(&public)?
        .bytes(variant.name().as_bytes())
        .finish();
    step::run(layout, "public", inputs, variant.is_release(), |folder| {
        for file in files_below(&public)? {
            let to = folder.join(&file);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
            }
            fs::copy(public.join(&file), &to).map_err(Error::file("copy", to))?;
        }
        Ok(Made::new())
    })
}
