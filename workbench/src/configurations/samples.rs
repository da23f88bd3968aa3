//! The sample protocols, inside the program; they are put into an empty folder at first start, as plain files.

use std::fs;

use super::files::{FileError, Folder};

const SAMPLES: [(&str, &str); 5] = [
    (
        "aflibercept_reactive.yaml",
        include_str!("../../../samples/protocols/aflibercept_reactive.yaml"),
    ),
    (
        "aflibercept_te.yaml",
        include_str!("../../../samples/protocols/aflibercept_te.yaml"),
    ),
    (
        "aflibercept_te_nhs.yaml",
        include_str!("../../../samples/protocols/aflibercept_te_nhs.yaml"),
    ),
    (
        "fixed_monthly.yaml",
        include_str!("../../../samples/protocols/fixed_monthly.yaml"),
    ),
    (
        "protocol.schema.json",
        include_str!("../../../samples/protocols/protocol.schema.json"),
    ),
];

impl Folder {
    /// Puts the samples into a folder in which nothing is and nothing was: what people removed stays removed. Tells
    /// whether it did.
    ///
    /// # Errors
    /// [`FileError::Io`].
    pub fn furnish(&self) -> Result<bool, FileError> {
        let mut there = fs::read_dir(&self.root).map_err(FileError::io(&self.root))?;
        if there.next().is_some() {
            return Ok(false);
        }
        for (name, text) in SAMPLES {
            let path = self.root.join(name);
            fs::write(&path, text).map_err(FileError::io(&path))?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;
    use crate::configurations::check::check;

    #[test]
    fn an_empty_folder_gets_samples_that_fit_their_schema_once() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::open(root.path()).unwrap();
        assert!(folder.furnish().unwrap());
        let listed = folder.list().unwrap();
        assert_eq!(listed.len(), SAMPLES.len());
        for file in listed.iter().filter(|file| file.name.ends_with(".yaml")) {
            let checked = check(&folder, &file.name, &folder.read(&file.name).unwrap().text);
            assert_eq!(
                (checked.problems, checked.schema.as_deref()),
                (vec![], Some("protocol.schema.json")),
                "{}",
                file.name
            );
        }
        fs::remove_file(root.path().join("fixed_monthly.yaml")).unwrap();
        assert!(!folder.furnish().unwrap());
        assert_eq!(folder.list().unwrap().len(), SAMPLES.len() - 1);
    }
}
