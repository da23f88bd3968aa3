//! A real folder: lists, saves that compare, merging saves, backups, and names and links that would lead out of it.

use std::{fs, path::PathBuf, thread};

use holdfast::Timestamp;
use tempfile::TempDir;
use workbench::configurations::files::{Expected, FileError, Folder, Outcome};

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn folder() -> (TempDir, Folder) {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::open(&root.path().join("configurations")).unwrap();
    (root, folder)
}

fn path(root: &TempDir, name: &str) -> PathBuf {
    root.path().join("configurations").join(name)
}

#[test]
fn a_list_shows_configurations_and_nothing_else() {
    let (root, folder) = folder();
    for name in ["b.yaml", "a.TOML", "notes.txt", ".hidden.yaml"] {
        fs::write(path(&root, name), "").unwrap();
    }
    fs::create_dir(path(&root, "folder.json")).unwrap();
    folder
        .save("c.json", "{}\n", &Expected::Absent, NOW)
        .unwrap();
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
fn a_save_needs_the_version_that_is_there() {
    let (root, folder) = folder();
    let first = folder
        .save("a.yaml", "a: 1\n", &Expected::Absent, NOW)
        .unwrap();
    assert_eq!(first.backup, None);
    let again = folder
        .save("a.yaml", "a: 2\n", &Expected::Absent, NOW)
        .unwrap_err();
    assert!(matches!(again, FileError::Conflict { .. }));
    let version = Expected::Version(first.etag.clone());
    let second = folder.save("a.yaml", "a: 2 # so\n", &version, NOW).unwrap();
    assert_eq!(
        fs::read_to_string(path(&root, "a.yaml")).unwrap(),
        "a: 2 # so\n"
    );
    match folder.save("a.yaml", "a: 3\n", &version, NOW).unwrap_err() {
        FileError::Conflict { etag, text, .. } => {
            assert_eq!((etag, text), (Some(second.etag), "a: 2 # so\n".to_owned()));
        }
        other => panic!("{other}"),
    }
    assert!(folder.save("a.yaml", "a: 3\n", &Expected::Any, NOW).is_ok());
}

#[test]
fn a_change_behind_our_back_is_a_conflict_and_another_layout_is_none() {
    let (root, folder) = folder();
    let saved = folder
        .save("a.yaml", "a: {x: 1}\nb: 2\n", &Expected::Absent, NOW)
        .unwrap();
    fs::write(path(&root, "a.yaml"), "b: 2\na:\n  x: 1\n").unwrap();
    assert_eq!(folder.read("a.yaml").unwrap().etag, saved.etag);
    fs::write(path(&root, "a.yaml"), "b: 3\na:\n  x: 1\n").unwrap();
    let version = Expected::Version(saved.etag);
    assert!(matches!(
        folder.save("a.yaml", "b: 4\n", &version, NOW),
        Err(FileError::Conflict { .. })
    ));
    fs::remove_file(path(&root, "a.yaml")).unwrap();
    let gone = folder.save("a.yaml", "b: 4\n", &version, NOW).unwrap_err();
    assert!(matches!(gone, FileError::Conflict { etag: None, .. }));
}

#[test]
fn a_merging_save_takes_what_others_changed_and_shows_what_contradicts() {
    let (root, folder) = folder();
    let base = "# ours\na: 1\nb: 2\n";
    folder.save("a.yaml", base, &Expected::Absent, NOW).unwrap();
    fs::write(path(&root, "a.yaml"), "# theirs\na: 1\nb: 3\n").unwrap();
    let outcome = folder
        .save_merged("a.yaml", base, "# ours\na: 9\nb: 2\n", NOW)
        .unwrap();
    let Outcome::Saved(saved) = outcome else {
        panic!()
    };
    assert_eq!(saved.text, "# theirs\na: 9\nb: 3\n");
    assert_eq!(
        fs::read_to_string(path(&root, "a.yaml")).unwrap(),
        saved.text
    );
    let outcome = folder
        .save_merged("a.yaml", base, "# ours\na: 1\nb: 7\n", NOW)
        .unwrap();
    let Outcome::Conflicts { merge, etag } = outcome else {
        panic!()
    };
    assert_eq!((merge.conflicts().len(), etag), (1, saved.etag));
    assert_eq!(
        fs::read_to_string(path(&root, "a.yaml")).unwrap(),
        saved.text
    );
}

#[test]
fn ten_people_who_save_at_once_all_find_their_entity_in_the_file() {
    let (_root, folder) = folder();
    let base: String = (0..10).map(|at| format!("entity_{at}: 0\n")).collect();
    folder
        .save("a.yaml", &base, &Expected::Absent, NOW)
        .unwrap();
    thread::scope(|scope| {
        for at in 0..10 {
            let (folder, base) = (&folder, &base);
            scope.spawn(move || {
                let mine = base.replace(&format!("entity_{at}: 0"), &format!("entity_{at}: 1"));
                let outcome = folder.save_merged("a.yaml", base, &mine, NOW).unwrap();
                assert!(matches!(outcome, Outcome::Saved(_)));
            });
        }
    });
    assert_eq!(
        folder.read("a.yaml").unwrap().text,
        base.replace(": 0", ": 1")
    );
    assert_eq!(folder.backups("a.yaml").unwrap().len(), 10);
}

#[test]
fn what_was_replaced_can_be_looked_at_and_brought_back() {
    let (_root, folder) = folder();
    folder
        .save("a.toml", "x = 1\n", &Expected::Absent, NOW)
        .unwrap();
    let saved = folder
        .save("a.toml", "x = 2\n", &Expected::Any, NOW)
        .unwrap();
    let same = folder
        .save("a.toml", "x = 2\n", &Expected::Any, NOW)
        .unwrap();
    assert_eq!(same.backup, None);
    let [backup] = folder.backups("a.toml").unwrap().try_into().unwrap();
    assert_eq!(
        (Some(&backup.id), backup.at, backup.size),
        (saved.backup.as_ref(), NOW, 6)
    );
    assert_eq!(folder.preview("a.toml", &backup.id).unwrap(), "x = 1\n");
    let restored = folder
        .restore("a.toml", &backup.id, &Expected::Version(saved.etag), NOW)
        .unwrap();
    assert_eq!(restored.text, "x = 1\n");
    let texts: Vec<_> = folder
        .backups("a.toml")
        .unwrap()
        .iter()
        .map(|backup| folder.preview("a.toml", &backup.id).unwrap())
        .collect();
    assert_eq!(texts, ["x = 2\n", "x = 1\n"]);
}

#[test]
fn the_oldest_backups_go_when_there_are_too_many() {
    let (_root, folder) = folder();
    folder.save("a.json", "0", &Expected::Absent, NOW).unwrap();
    for number in 1..=205 {
        folder
            .save("a.json", &number.to_string(), &Expected::Any, NOW)
            .unwrap();
    }
    let backups = folder.backups("a.json").unwrap();
    assert_eq!(backups.len(), 200);
    let oldest = backups.last().unwrap();
    assert_eq!(folder.preview("a.json", &oldest.id).unwrap(), "5");
}

#[test]
fn what_is_not_valid_is_not_saved_and_a_broken_file_can_be_repaired() {
    let (root, folder) = folder();
    let refused = folder.save("a.json", "{", &Expected::Absent, NOW);
    assert!(matches!(refused, Err(FileError::Invalid(_))));
    assert!(!path(&root, "a.json").exists());
    fs::write(path(&root, "a.json"), "{").unwrap();
    let broken = folder.read("a.json").unwrap();
    assert!(broken.etag.starts_with("raw-") && broken.fault.is_some());
    let version = Expected::Version(broken.etag);
    assert!(folder.save("a.json", "{}", &version, NOW).is_ok());
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
            folder.save(name, "a: 1\n", &Expected::Any, NOW),
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
    let saved = folder.save("link.yaml", "a: 2\n", &Expected::Any, NOW);
    assert!(matches!(saved, Err(FileError::NotAFile(_))));
    assert_eq!(fs::read_to_string(&outside).unwrap(), "a: 1\n");
    // A folder of ours that is a link would take backups out of here.
    fs::remove_dir_all(path(&root, ".holdfast")).unwrap();
    symlink(root.path(), path(&root, ".holdfast")).unwrap();
    assert!(matches!(
        folder.save("a.yaml", "a: 1\n", &Expected::Any, NOW),
        Err(FileError::NotAFile(_))
    ));
}

#[cfg(unix)]
#[test]
fn permissions_and_other_programs_handles_survive_a_save() {
    use std::os::unix::fs::PermissionsExt;

    let (root, folder) = folder();
    folder
        .save("a.yaml", "a: 1\n", &Expected::Absent, NOW)
        .unwrap();
    let file = path(&root, "a.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let before = fs::File::open(&file).unwrap();
    folder
        .save("a.yaml", "a: 2\n", &Expected::Any, NOW)
        .unwrap();
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o640
    );
    // Who was reading goes on with the whole old version.
    assert_eq!(std::io::read_to_string(before).unwrap(), "a: 1\n");
}
