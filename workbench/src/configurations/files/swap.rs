//! A finished file in the place of the one that is known: what stood there comes out, so that it can be seen whether it
//! was that one.
//!
//! Linux exchanges two names in one step, on nearly every file system. Elsewhere the new file goes over the old one, and
//! what another program wrote after the last look is not noticed.

use std::{
    fs,
    io::{self, ErrorKind},
    path::Path,
};

/// Puts `part` in the place of what is known to be there: these bytes, or nothing. `false` if something else is: then that
/// stays.
pub(super) fn into_place(part: &Path, target: &Path, known: Option<&[u8]>) -> io::Result<bool> {
    match step(part, target, known.is_some()) {
        Ok(()) => {}
        Err(error) => {
            return match error.kind() {
                // The file is gone, or there is one now.
                ErrorKind::NotFound | ErrorKind::AlreadyExists => Ok(false),
                // This system, or this file system, cannot.
                ErrorKind::Unsupported | ErrorKind::InvalidInput => {
                    fs::rename(part, target).map(|()| true)
                }
                _ => Err(error),
            };
        }
    }
    let Some(known) = known else { return Ok(true) };
    if is_file_of(part, known)? {
        return fs::remove_file(part).map(|()| true);
    }
    step(part, target, true)?;
    Ok(false)
}

fn is_file_of(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let meta = fs::symlink_metadata(path)?;
    Ok(meta.is_file() && meta.len() == bytes.len() as u64 && fs::read(path)? == bytes)
}

/// Both names change places, or the first becomes the second, which must not be there.
#[cfg(target_os = "linux")]
fn step(part: &Path, target: &Path, is_exchange: bool) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};

    let flags = match is_exchange {
        true => RenameFlags::EXCHANGE,
        false => RenameFlags::NOREPLACE,
    };
    Ok(renameat_with(CWD, part, CWD, target, flags)?)
}

#[cfg(not(target_os = "linux"))]
fn step(_part: &Path, _target: &Path, _is_exchange: bool) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn what_is_not_the_known_file_stays_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (part, target) = (folder.path().join("part"), folder.path().join("target"));
        let put = |text: &str, known: Option<&str>| {
            fs::write(&part, text).unwrap();
            into_place(&part, &target, known.map(str::as_bytes)).unwrap()
        };
        let there = || fs::read_to_string(&target).unwrap();
        assert!(!put("a", Some("gone meanwhile")) && !target.exists());
        assert!(put("a", None));
        assert!(!put("b", None) && there() == "a");
        assert!(!put("b", Some("before another program wrote")) && there() == "a");
        assert!(put("b", Some("a")) && there() == "b");
        assert!(!part.exists());
    }
}
