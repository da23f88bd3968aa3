//! What the site weighs, and whether the first load stays within its budget.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::names::{LOADER, MANIFEST};
use crate::site::{NAME, PKG};
use crate::step::Made;
use crate::terminal::say;

/// Brotli bytes of WASM, JavaScript and CSS before the first page answers to a click (docs: 250 kB).
const BUDGET: u64 = 250_000;
/// What the check refuses. The bar is [`BUDGET`], and is not met yet: until it is, the first load may
/// shrink, and grow only with a page that is added or with much that a page can do (docs/BENCHMARKS.md has the
/// figure). Toolchains differ by more than one in a hundred: pages that have not changed are 7 kB larger with
/// rustup's 1.95 than with the toolchain of the measurement before.
const CEILING: u64 = 655_000;

/// Sizes in bytes of one file as it travels.
#[derive(Clone, Copy, Default)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl std::ops::Add for Size {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }
}

/// Prints the table; returns the brotli bytes of the first load. That is the main code and the style sheet, and on top
/// what the heaviest lazy page needs, because a visitor may land on it.
pub fn print(site: &Path, made: &Made) -> Result<u64> {
    say(format_args!(
        "\n  {:<52} {:>9} {:>9} {:>9}",
        "bytes", "raw", "gzip", "brotli"
    ));
    let mut main = Size::default();
    for (role, path) in made {
        let size = measure(&site.join(path))?;
        row(role, size);
        if is_always_loaded(role) {
            main = main + size;
        }
    }
    row("main code and style sheet", main);
    let mut first_load = main;
    for (page, files) in lazy_pages(site, made)? {
        let own = files.iter().try_fold(Size::default(), |sum, file| {
            Ok::<_, Error>(sum + measure(&site.join(format!("{PKG}/{file}.wasm")))?)
        })?;
        row(
            &format!("first load of {}", page.trim_start_matches('_')),
            main + own,
        );
        if (main + own).brotli > first_load.brotli {
            first_load = main + own;
        }
    }
    let (weight, share) = (first_load.brotli, first_load.brotli * 100 / BUDGET);
    say(format_args!(
        "  heaviest first load: {weight} bytes in brotli, {share} % of {BUDGET}\n"
    ));
    Ok(weight)
}

/// Lazy page -> stems of its files, its own and those it shares. None when nothing is split.
fn lazy_pages(site: &Path, made: &Made) -> Result<BTreeMap<String, Vec<String>>> {
    let Some(path) = made.get(MANIFEST) else {
        return Ok(BTreeMap::new());
    };
    let text = fs::read(site.join(path)).map_err(Error::file("read", path))?;
    serde_json::from_slice(&text).map_err(|error| Error::step("report", error))
}

/// Refuses a first load over the ceiling.
pub fn check(first_load: u64) -> Result<()> {
    if first_load < CEILING {
        Ok(())
    } else {
        Err(Error::Budget {
            actual: first_load,
            budget: CEILING,
        })
    }
}

fn is_always_loaded(role: &str) -> bool {
    role == LOADER
        || ["js", "wasm", "css"]
            .iter()
            .any(|kind| role == format!("{NAME}.{kind}"))
}

fn row(name: &str, size: Size) {
    say(format_args!(
        "  {name:<52} {:>9} {:>9} {:>9}",
        size.raw, size.gzip, size.brotli
    ));
}

/// A file without a compressed copy travels as it is.
fn measure(path: &Path) -> Result<Size> {
    let raw = fs::metadata(path)
        .map_err(Error::file("measure", path))?
        .len();
    let copy = |extension: &str| {
        fs::metadata(format!("{}.{extension}", path.display())).map_or(raw, |copy| copy.len())
    };
    Ok(Size {
        raw,
        gzip: copy("gz"),
        brotli: copy("br"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_over_the_ceiling_fails_the_check() {
        assert!(check(CEILING - 1).is_ok());
        assert!(check(CEILING).is_err());
    }
}
