//! One step of the build: a folder of finished files, remade only when its inputs have changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::compress;
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::terminal::say;

/// What a step has made: role (`holdfast.wasm`, `chart`, `inter`) -> path below the site's root.
pub type Made = BTreeMap<String, String>;

/// A finished step.
pub struct Finished {
    /// Holds the files, laid out as in the site.
    pub folder: PathBuf,
    /// Role -> path.
    pub made: Made,
}

/// Runs `make` in an empty folder unless the same `inputs` made that folder before. With `compressed`, a `.br` and
/// a `.gz` are put beside each file that gets smaller by it.
pub fn run(
    layout: &Layout,
    name: &'static str,
    inputs: String,
    compressed: bool,
    make: impl FnOnce(&Path) -> Result<Made>,
) -> Result<Finished> {
    let folder = layout.work.join(name);
    let stamp = layout.work.join(format!("{name}.json"));
    if let Some(made) = unchanged(&stamp, &inputs).filter(|_| folder.is_dir()) {
        say(format_args!("  {name:<9} unchanged"));
        return Ok(Finished { folder, made });
    }
    let start = Instant::now();
    forget(&stamp, &folder)?;
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let made = make(&folder)?;
    if compressed {
        compress::folder(&folder)?;
    }
    let record = serde_json::json!({ "inputs": inputs, "made": made });
    fs::write(&stamp, record.to_string()).map_err(Error::file("write", &stamp))?;
    say(format_args!(
        "  {name:<9} {:.1} s",
        start.elapsed().as_secs_f64()
    ));
    Ok(Finished { folder, made })
}

/// What an earlier build with the same inputs has made. An unreadable stamp is like none.
fn unchanged(stamp: &Path, inputs: &str) -> Option<Made> {
    let record: serde_json::Value = serde_json::from_slice(&fs::read(stamp).ok()?).ok()?;
    if record["inputs"] != inputs {
        return None;
    }
    serde_json::from_value(record["made"].clone()).ok()
}

/// The stamp goes first: an interrupted step must never look finished.
fn forget(stamp: &Path, folder: &Path) -> Result<()> {
    for (path, outcome) in [
        (stamp, fs::remove_file(stamp)),
        (folder, fs::remove_dir_all(folder)),
    ] {
        match outcome {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::file("remove", path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(test: &str) -> Layout {
        let work =
            std::env::temp_dir().join(format!("holdfast-step-{test}-{}", std::process::id()));
        Layout {
            root: PathBuf::new(),
            target: PathBuf::new(),
            site: PathBuf::new(),
            work,
        }
    }

    fn made(file: &str) -> Result<Made> {
        Ok(Made::from([("role".to_owned(), file.to_owned())]))
    }

    #[test]
    fn a_step_is_made_again_when_its_inputs_have_changed_and_only_then() -> Result<()> {
        let layout = layout("inputs");
        let run = |inputs: &str, file: &str| {
            run(&layout, "demo", inputs.to_owned(), false, |_| made(file))
        };
        assert_eq!(run("one", "first")?.made["role"], "first");
        assert_eq!(run("one", "second")?.made["role"], "first");
        assert_eq!(run("two", "third")?.made["role"], "third");
        fs::remove_dir_all(&layout.work).map_err(Error::file("remove", &layout.work))
    }

    #[test]
    fn a_step_that_failed_halfway_leaves_nothing_that_looks_finished() -> Result<()> {
        let layout = layout("halfway");
        let run = |outcome: Result<Made>| {
            run(&layout, "demo", "same".to_owned(), false, |folder| {
                fs::write(folder.join("half"), "").map_err(Error::file("write", folder))?;
                outcome
            })
        };
        assert!(run(Err(Error::step("demo", "the disk is full"))).is_err());
        let finished = run(made("whole"))?;
        assert_eq!(finished.made["role"], "whole");
        fs::remove_dir_all(&layout.work).map_err(Error::file("remove", &layout.work))
    }
}
