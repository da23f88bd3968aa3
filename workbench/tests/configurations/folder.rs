//! A real folder: lists, saves, backups, and names and links that would lead out of it.

use std::{fs, path::PathBuf};

use holdfast::Timestamp;
use tempfile::TempDir;
use workbench::configurations::files::{FileError, Folder, Saved};

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn folder() -> (TempDir, Folder) {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::open(&root.path().join("configurations")).unwrap();
    (root, folder)
}

fn path(root: &TempDir, name: &str) -> PathBuf {
    root.path().join("configurations").join(name)
}

/// Saves as everybody does: lock, read, replace.
fn save(folder: &Folder, name: &str, text: &str) -> Result<Saved, FileError> {
    let _lock = folder.try_lock(name)?.unwrap();
    let current = match folder.read(name) {
        Ok(current) => Some(current),
        Err(FileError::Missing(_)) => None,
        Err(error) => return Err(error),
    };
    folder.replace(name, text, current.as_ref(), NOW)
}

#[test]
fn a_list_shows_configurations_and_nothing_else() {
    let (root, folder) = folder();
    for name in ["b.yaml", "a.TOML", "notes.txt", ".hidden.yaml"] {
        fs::write(path(&root, name), "").unwrap();
    }
    fs::create_dir(path(&root, "folder.json")).unwrap();
    save(&folder, "c.json", "{}\n").unwrap();
    let names: Vec<_> = folder
        .list()
        .unwrap()
        .into_iter()
        .map(|file| (file.name, file.size))
        .collect();
    let expected = [("a.TOML", 0), ("b.yaml", 0), ("c.json", 3)];
    assert_eq!(names, expected.map(|(name, size)| (name.to_owned(), size)));
}

#[test]
fn another_layout_is_the_same_version_and_another_value_is_not() {
    let (root, folder) = folder();
    let saved = save(&folder, "a.yaml", "a: {x: 1}\nb: 2\n").unwrap();
    fs::write(path(&root, "a.yaml"), "b: 2\na:\n  x: 1\n").unwrap();
    assert_eq!(folder.read("a.yaml").unwrap().etag, saved.etag);
    fs::write(path(&root, "a.yaml"), "b: 3\na:\n  x: 1\n").unwrap();
    assert_ne!(folder.read("a.yaml").unwrap().etag, saved.etag);
}

#[test]
fn what_was_replaced_can_be_looked_at() {
    let (_root, folder) = folder();
    save(&folder, "a.toml", "x = 1\n").unwrap();
    let saved = save(&folder, "a.toml", "x = 2\n").unwrap();
    let same = save(&folder, "a.toml", "x = 2\n").unwrap();
    assert_eq!(same.backup, None);
    let [backup] = folder.backups("a.toml").unwrap().try_into().unwrap();
    assert_eq!(
        (Some(&backup.id), backup.at, backup.size),
        (saved.backup.as_ref(), NOW, 6)
    );
    assert_eq!(folder.preview("a.toml", &backup.id).unwrap(), "x = 1\n");
    save(&folder, "a.toml", "x = 1\n").unwrap();
    let texts: Vec<_> = folder
        .backups("a.toml")
        .unwrap()
        .iter()
        .map(|backup| folder.preview("a.toml", &backup.id).unwrap())
        .collect();
    assert_eq!(texts, ["x = 2\n", "x = 1\n"]);
}

#[test]
fn what_another_program_wrote_since_the_file_was_read_stays() {
    let (root, folder) = folder();
    save(&folder, "a.yaml", "x: 1\n").unwrap();
    let seen = folder.read("a.yaml").unwrap();
    fs::write(path(&root, "a.yaml"), "x: 2\n").unwrap();
    let there = |outcome| match outcome {
        Err(FileError::Conflict { etag, text, .. }) => (etag.is_some(), text),
        other => panic!("{other:?}"),
    };
    let refused = folder.replace("a.yaml", "x: 3\n", Some(&seen), NOW);
    assert_eq!(there(refused.map(drop)), (true, "x: 2\n".into()));
    let refused = folder.replace("a.yaml", "x: 3\n", None, NOW);
    assert_eq!(there(refused.map(drop)), (true, "x: 2\n".into()));
    let refused = folder.remove("a.yaml", &seen, NOW);
    assert_eq!(there(refused), (true, "x: 2\n".into()));
    assert_eq!(fs::read_to_string(path(&root, "a.yaml")).unwrap(), "x: 2\n");
    fs::remove_file(path(&root, "a.yaml")).unwrap();
    let refused = folder.replace("a.yaml", "x: 3\n", Some(&seen), NOW);
    assert_eq!(there(refused.map(drop)), (false, String::new()));
    assert!(!path(&root, "a.yaml").exists());
}

#[test]
fn the_oldest_backups_go_when_there_are_too_many() {
    let (_root, folder) = folder();
    save(&folder, "a.json", "0").unwrap();
    for number in 1..=205 {
        save(&folder, "a.json", &number.to_string()).unwrap();
    }
    let backups = folder.backups("a.json").unwrap();
    assert_eq!(backups.len(), 200);
    let oldest = backups.last().unwrap();
    assert_eq!(folder.preview("a.json", &oldest.id).unwrap(), "5");
}

#[test]
fn what_is_not_valid_is_not_saved_and_a_broken_file_can_be_repaired() {
    let (root, folder) = folder();
    let refused = save(&folder, "a.json", "{");
    assert!(matches!(refused, Err(FileError::Invalid(_))));
    assert!(!path(&root, "a.json").exists());
    fs::write(path(&root, "a.json"), "{").unwrap();
    let broken = folder.read("a.json").unwrap();
    assert!(broken.etag.starts_with("raw-") && broken.fault.is_some());
    assert!(save(&folder, "a.json", "{}").is_ok());
    fs::write(path(&root, "b.json"), b"\"\xff\"").unwrap();
    assert!(matches!(
        folder.read("b.json"),
        Err(FileError::NotText { at: 1, .. })
    ));
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let (root, folder) = folder();
    fs::write(root.path().join("outside.yaml"), "a: 1\n").unwrap();
    let outside = root
        .path()
        .join("outside.yaml")
        .to_string_lossy()
        .into_owned();
    for name in [
        "../outside.yaml",
        "..",
        ".",
        "",
        "/etc/passwd",
        "a/b.yaml",
        "a\\b.yaml",
        "c:a.yaml",
        "a.yaml\0.txt",
        "a\n.yaml",
        ".yaml",
        "a.yaml ",
        "a.exe",
        "..yaml",
        &outside,
        &format!("{}.yaml", "x".repeat(300)),
    ] {
        assert!(
            matches!(folder.read(name), Err(FileError::BadName { .. })),
            "{name:?}"
        );
        assert!(matches!(
            save(&folder, name, "a: 1\n"),
            Err(FileError::BadName { .. })
        ));
        assert!(matches!(
            folder.backups(name),
            Err(FileError::BadName { .. })
        ));
        assert!(folder.preview("a.yaml", name).is_err());
    }
}

#[cfg(unix)]
#[test]
fn links_are_neither_read_nor_written_through() {
    use std::os::unix::fs::symlink;

    let (root, folder) = folder();
    let outside = root.path().join("outside.yaml");
    fs::write(&outside, "a: 1\n").unwrap();
    symlink(&outside, path(&root, "link.yaml")).unwrap();
    assert!(folder.list().unwrap().is_empty());
    assert!(matches!(
        folder.read("link.yaml"),
        Err(FileError::NotAFile(_))
    ));
    let saved = save(&folder, "link.yaml", "a: 2\n");
    assert!(matches!(saved, Err(FileError::NotAFile(_))));
    assert_eq!(fs::read_to_string(&outside).unwrap(), "a: 1\n");
    // A folder of ours that is a link would take backups out of here.
    fs::remove_dir_all(path(&root, ".holdfast")).unwrap();
    symlink(root.path(), path(&root, ".holdfast")).unwrap();
    assert!(matches!(
        save(&folder, "a.yaml", "a: 1\n"),
        Err(FileError::NotAFile(_))
    ));
}

#[cfg(unix)]
#[test]
fn permissions_and_other_programs_handles_survive_a_save() {
    use std::os::unix::fs::PermissionsExt;

    let (root, folder) = folder();
    save(&folder, "a.yaml", "a: 1\n").unwrap();
    let file = path(&root, "a.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let before = fs::File::open(&file).unwrap();
    save(&folder, "a.yaml", "a: 2\n").unwrap();
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o640
    );
    // Who was reading goes on with the whole old version.
    assert_eq!(std::io::read_to_string(before).unwrap(), "a: 1\n");
}
