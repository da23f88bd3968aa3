//! Which names files of a package may have: the same file on every system, and never outside.

use super::{MAX_DEPTH, PackageError};

/// Names that mean a device on Windows, whatever stands behind a dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
/// The same with a digit behind.
const NUMBERED: [&str; 2] = ["com", "lpt"];

/// Whether a file may be called so; a folder's name ends in `/`.
pub(super) fn check(raw: &[u8]) -> Result<&str, PackageError> {
    let refused = |problem| PackageError::Name {
        name: String::from_utf8_lossy(raw).into_owned(),
        problem,
    };
    let name = std::str::from_utf8(raw).map_err(|_| refused("it is not UTF-8"))?;
    if name.chars().any(char::is_control) {
        return Err(refused("it has invisible characters"));
    }
    if name.contains(['\\', ':']) {
        return Err(refused("it has a \\ or a :"));
    }
    if name.starts_with('/') {
        return Err(refused("it begins at the root"));
    }
    let parts: Vec<&str> = name.strip_suffix('/').unwrap_or(name).split('/').collect();
    if parts.len() > MAX_DEPTH {
        return Err(PackageError::Depth(name.to_owned()));
    }
    for part in parts {
        if matches!(part, "" | "." | "..") {
            return Err(refused("it leads elsewhere"));
        }
        if part.ends_with(['.', ' ']) || part.starts_with(' ') {
            return Err(refused(
                "it begins or ends with a space, or ends with a dot",
            ));
        }
        if is_device(part) {
            return Err(refused("it means a device on some systems"));
        }
    }
    Ok(name)
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end();
    let stem = stem.to_ascii_lowercase();
    let is_numbered = |device: &str| {
        let rest = stem.strip_prefix(device);
        rest.is_some_and(|rest| matches!(rest, "¹" | "²" | "³") || is_digit(rest))
    };
    DEVICES.contains(&stem.as_str()) || NUMBERED.into_iter().any(is_numbered)
}

fn is_digit(text: &str) -> bool {
    text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_pass() {
        for name in [
            "manifest.json",
            "a/b.txt",
            "a/",
            "Köln.csv",
            "console",
            "com10.txt",
            ".hidden",
            "a..b",
        ] {
            assert!(check(name.as_bytes()).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_leads_elsewhere_or_means_a_device_does_not() {
        let names = [
            "",
            "/etc/passwd",
            "../a",
            "a/../../b",
            "a//b",
            "./a",
            "a\\b",
            "C:a",
            "a\0b",
            "a\nb",
            "CON",
            "con.txt",
            "a/NUL",
            "Lpt1.csv",
            "com¹",
            "aux .txt",
            "a.",
            "a ",
            "a/ b",
            "/",
        ];
        for name in names {
            assert!(
                matches!(check(name.as_bytes()), Err(PackageError::Name { .. })),
                "{name:?}"
            );
        }
        assert!(check(b"\xff").is_err());
        let deep = |depth| vec!["a"; depth].join("/");
        assert!(check(deep(10).as_bytes()).is_ok());
        assert!(matches!(
            check(deep(11).as_bytes()),
            Err(PackageError::Depth(_))
        ));
    }
}
