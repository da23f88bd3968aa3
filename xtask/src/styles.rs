//! The style sheet and its fonts: Tailwind over `style/main.css`, hashed font files, their addresses in the sheet.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, name_of};
use crate::layout::Layout;
use crate::site::{NAME, PKG, Variant};
use crate::step::{self, Finished, Made};
use crate::{optimise, tools};

/// Role, and the file in the npm project. `style/fonts.css` names them as `/pkg/fonts/<role>.woff2`.
const FONTS: [(&str, &str); 2] = [
    (
        "inter",
        "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    ),
    (
        "jetbrains-mono",
        "node_modules/@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
    ),
];

/// Builds `holdfast.css` and puts the fonts beside it.
pub fn build(layout: &Layout, variant: Variant) -> Result<Finished> {
    let root = &layout.root;
    let inputs = Fingerprint::new()?
        .folder(&root.join("style"))?
        .folder(&root.join("app/src"))?
        .folder(&root.join("frontend"))?
        .file(&optimise::lock_file(layout))?
        .bytes(variant.name().as_bytes())
        .finish();
    step::run(layout, "styles", inputs, variant.is_release(), |folder| {
        let mut made = fonts(root, folder)?;
        let plain = folder.join("plain.css");
        let mut tailwind = Command::new(layout.node_program("tailwindcss"));
        tailwind
            .current_dir(root)
            .args(["--input", "style/main.css", "--output"])
            .arg(&plain);
        if variant.is_release() {
            tailwind.arg("--minify");
        }
        tools::run(&mut tailwind)?;
        let sheet = fs::read_to_string(&plain).map_err(Error::file("read", &plain))?;
        fs::remove_file(&plain).map_err(Error::file("remove", plain))?;
        let sheet = with_hashed_fonts(sheet, &made)?;
        let path = format!("{PKG}/{NAME}.{}.css", name_of(sheet.as_bytes()));
        fs::write(folder.join(&path), sheet).map_err(Error::file("write", &path))?;
        made.insert(format!("{NAME}.css"), path);
        Ok(made)
    })
}

fn fonts(root: &Path, folder: &Path) -> Result<Made> {
    let fonts = folder.join(PKG).join("fonts");
    fs::create_dir_all(&fonts).map_err(Error::file("create", &fonts))?;
    let mut made = Made::new();
    for (role, file) in FONTS {
        let bytes = fs::read(root.join(file)).map_err(Error::file("read", file))?;
        let path = format!("{PKG}/fonts/{role}.{}.woff2", name_of(&bytes));
        fs::write(folder.join(&path), bytes).map_err(Error::file("write", &path))?;
        made.insert(role.to_owned(), path);
    }
    Ok(made)
}

/// A font that the sheet does not name would never load, and nobody would notice: that is an error.
fn with_hashed_fonts(sheet: String, fonts: &Made) -> Result<String> {
    fonts.iter().try_fold(sheet, |sheet, (role, path)| {
        let plain = format!("/{PKG}/fonts/{role}.woff2");
        if !sheet.contains(&plain) {
            return Err(Error::step(
                "styles",
                format_args!("style/fonts.css does not use {plain}"),
            ));
        }
        Ok(sheet.replace(&plain, &format!("/{path}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inter() -> Made {
        Made::from([("inter".to_owned(), "pkg/fonts/inter.0f.woff2".to_owned())])
    }

    #[test]
    fn the_sheet_names_the_hashed_font() {
        let sheet = with_hashed_fonts("src:url(/pkg/fonts/inter.woff2)".to_owned(), &inter());
        assert_eq!(
            sheet.ok().as_deref(),
            Some("src:url(/pkg/fonts/inter.0f.woff2)")
        );
    }

    #[test]
    fn a_font_that_no_rule_uses_stops_the_build() {
        assert!(with_hashed_fonts("body{}".to_owned(), &inter()).is_err());
    }
}
