//! Nothing half-kept: full disk, cancel, clean-up.
#![expect(
    clippy::disallowed_methods,
    reason = "files carry the computer's own time"
)]

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use tokio_util::sync::CancellationToken;
use workbench::{Error, Limits, Workbench};

use super::Desk;

/// A small disk of its own, gone at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this user may not mount, with the reason printed.
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"])
            .arg(at)
            .output();
        match mount {
            Ok(output) if output.status.success() => Some(Self(at.to_owned())),
            refused => {
                eprintln!("skipped: a small disk cannot be mounted here: {refused:?}");
                None
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// Text that hardly compresses, so that the disk really fills.
fn noise(rows: u64) -> String {
    let mut x = 7_u64;
    let mut text = "id,noise\n".to_owned();
    for row in 0..rows {
        x = x
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!("{row},{x:x}\n"));
    }
    text
}

#[tokio::test]
async fn a_disk_that_fills_during_an_import_says_so_and_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(&folder.path().join("disk")) else {
        return;
    };
    let workbench = Workbench::open(disk.0.join("data"), Limits::default()).unwrap();
    let source = folder.path().join("large.csv");
    fs::write(&source, noise(600_000)).unwrap();
    let cancel = CancellationToken::new();
    let error = workbench
        .import(&source, "large.csv", &cancel)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::DiskFull), "{error:?}");
    assert_eq!(fs::read_dir(disk.0.join("data/tables")).unwrap().count(), 0);
    // The room is free again: a smaller file goes in.
    fs::write(&source, noise(1_000)).unwrap();
    let table = workbench
        .import(&source, "small.csv", &cancel)
        .await
        .unwrap();
    assert_eq!(table.rows, 1_000);
}

#[tokio::test]
async fn a_cancelled_import_keeps_nothing_wherever_it_was() {
    let desk = Desk::new();
    let path = desk.file("large.csv", noise(400_000));
    let cancelled = CancellationToken::new();
    cancelled.cancel();
    let error = desk
        .workbench
        .import(&path, "large.csv", &cancelled)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error:?}");

    // Cancelled as soon as the unfinished copy is there: in the middle of the conversion.
    let cancel = CancellationToken::new();
    let import = desk.workbench.import(&path, "large.csv", &cancel);
    let watch = async {
        while desk.kept().is_empty() {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(import, watch);
    assert!(matches!(result.unwrap_err(), Error::Cancelled));
    assert_eq!(desk.kept(), Vec::<String>::new());
}

#[tokio::test]
async fn the_same_file_twice_at_once_is_one_table() {
    let desk = Desk::new();
    let path = desk.file("large.csv", noise(50_000));
    let cancel = CancellationToken::new();
    let (a, b) = tokio::join!(
        desk.workbench.import(&path, "a.csv", &cancel),
        desk.workbench.import(&path, "b.csv", &cancel)
    );
    assert_eq!(a.unwrap().id, b.unwrap().id);
    assert_eq!(desk.kept().len(), 2, "{:?}", desk.kept());
}

#[tokio::test]
async fn a_missing_file_is_an_io_error_with_its_path() {
    let desk = Desk::new();
    let gone = desk.folder.path().join("gone.csv");
    let error = desk
        .workbench
        .import(&gone, "gone.csv", &CancellationToken::new())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Io { path, .. } if path == gone));
}

#[tokio::test]
async fn clean_up_takes_what_is_old_and_unreferenced_and_nothing_else() {
    let desk = Desk::new();
    let kept = desk.table("id,a\n1,2\n").await;
    let unused = desk.table("id,b\n1,2\n").await;
    let keep = HashSet::from([kept.id.clone()]);
    let hour = Duration::from_secs(3_600);
    let removed = desk
        .workbench
        .collect_files(&keep, SystemTime::now() - hour)
        .await
        .unwrap();
    assert_eq!(removed, 0, "both are new");

    let unfinished = desk
        .folder
        .path()
        .join(format!("data/tables/.{}.parquet.0.part", kept.id));
    fs::write(&unfinished, "half").unwrap();
    let foreign = desk.folder.path().join("data/tables/notes.txt");
    fs::write(&foreign, "mine").unwrap();
    let removed = desk
        .workbench
        .collect_files(&keep, SystemTime::now() + hour)
        .await
        .unwrap();
    assert_eq!(removed, 1);
    assert!(desk.workbench.table_exists(&kept.id) && !desk.workbench.table_exists(&unused.id));
    assert!(!unfinished.exists() && foreign.exists());
    assert!(!desk.workbench.table_exists("../../../etc/passwd"));
}

#[tokio::test]
async fn a_table_imported_again_counts_as_new() {
    let desk = Desk::new();
    let table = desk.table("id,a\n1,2\n").await;
    let path = desk.workbench.table_path(&table.id);
    let long_ago = SystemTime::now() - Duration::from_secs(100_000);
    fs::File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    desk.table("id,a\n1,2\n").await;
    let hour_ago = SystemTime::now() - Duration::from_secs(3_600);
    assert_eq!(
        desk.workbench
            .collect_files(&HashSet::new(), hour_ago)
            .await
            .unwrap(),
        0
    );
}
