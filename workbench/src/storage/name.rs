//! What a file of the data folder is called in the store: its path below the folder, and nothing that leads elsewhere.

use std::path::{Component, Path};

use object_store::path::{Path as Key, PathPart};

use crate::Error;

/// Longest name: with a prefix, far below the 1024 bytes that stores allow.
const MAX_NAME: usize = 300;

/// A name below the prefix, such as `tables/<id>.parquet`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name(String);

impl Name {
    /// The name of a file or folder below `root`.
    ///
    /// # Errors
    /// [`Error::BadRequest`] for a path that leads out of it, or has anything but letters, digits, `_`, `-` and `.`.
    pub(super) fn below(root: &Path, path: &Path) -> Result<Self, Error> {
        let parts = path.strip_prefix(root).ok().and_then(|below| {
            let part = |part: Component<'_>| match part {
                Component::Normal(name) => name.to_str().map(str::to_owned),
                _ => None,
            };
            below.components().map(part).collect::<Option<Vec<_>>>()
        });
        let name = parts.map(|parts| parts.join("/")).unwrap_or_default();
        Self::parse(&name)
            .ok_or_else(|| Error::BadRequest(format!("{} cannot be kept", path.display())))
    }

    /// A name that came from elsewhere.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let is_part =
            |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_plain);
        let is_name = text.len() <= MAX_NAME && text.split('/').all(is_part);
        is_name.then(|| Self(text.to_owned()))
    }

    /// The object of this name.
    pub(super) fn key(&self, prefix: &Key) -> Key {
        let own = self.0.split('/').map(PathPart::from);
        Key::from_iter(prefix.parts().chain(own))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_file_is_called_after_its_path_below_the_folder_and_the_prefix() {
        let (root, prefix) = (Path::new("/data"), Key::parse("lab/a").unwrap());
        let name = Name::below(root, Path::new("/data/tables/0a.parquet")).unwrap();
        assert_eq!(name.as_str(), "tables/0a.parquet");
        assert_eq!(name.key(&prefix).as_ref(), "lab/a/tables/0a.parquet");
        assert_eq!(name.key(&Key::ROOT).as_ref(), "tables/0a.parquet");
    }

    #[test]
    fn what_leads_out_of_the_folder_or_the_prefix_is_no_name() {
        let root = Path::new("/data");
        for path in [
            "/data/tables/../../etc/passwd",
            "/data/../x",
            "/etc/passwd",
            "tables/x",
            "/data",
            "/data/.hidden",
            "/data/tables/.x.parquet",
            "/data/tables/a b",
            "/data/tables/%2e%2e",
            "/data/tables/a\u{e9}",
        ] {
            assert!(Name::below(root, Path::new(path)).is_err(), "{path}");
        }
        for text in ["", "/", "a//b", "../a", "a/..", "a/", "/a"] {
            assert_eq!(Name::parse(text), None, "{text:?}");
        }
        assert_eq!(Name::parse(&"a".repeat(MAX_NAME + 1)), None);
    }
}
