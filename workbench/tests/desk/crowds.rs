//! Many at one file, others' locks, and people who hang up.

use std::{fs, time::Duration};

use workbench::configurations::{desk::DeskError, files::FileError};

use crate::{FILE, TEXT, bench, saved, who, work};

#[test]
fn more_at_one_file_than_there_are_threads_do_not_stop_each_other() {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).max_blocking_threads(4);
    let runtime = runtime.enable_all().build().unwrap();
    let all = runtime.block_on(async {
        let b = bench();
        let tasks = (0..64).map(|n| {
            let desk = b.desk.clone();
            tokio::spawn(async move {
                let me = who(&format!("person {n}"));
                let opened = desk.open_file(&me, FILE).await.unwrap();
                let text = match n % 4 {
                    0 => format!("{TEXT}added_{n}: 1\n"),
                    _ => return drop(desk.get(FILE).await.unwrap()),
                };
                loop {
                    let (_, etag) = desk.get(FILE).await.unwrap();
                    match desk.put(&me, FILE, text.clone(), &etag).await {
                        Ok(_) => break,
                        Err(DeskError::File(FileError::Conflict { .. })) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                desk.close(&me, &opened.session).await.unwrap();
            })
        });
        let tasks = tasks.collect::<Vec<_>>();
        tokio::time::timeout(Duration::from_secs(60), async {
            for task in tasks {
                task.await.unwrap();
            }
        })
        .await
    });
    let is_done = all.is_ok();
    // Threads that wait for ever would be waited for.
    runtime.shutdown_background();
    assert!(is_done, "readers and writers wait for each other");
}

#[tokio::test]
async fn who_reads_waits_for_nobodys_lock_and_who_writes_not_for_ever() {
    let b = bench();
    let ada = who("ada");
    let opened = b.desk.open_file(&ada, FILE).await.unwrap();
    let elsewhere = b.desk.folder().try_lock(FILE).unwrap();
    assert!(elsewhere.is_some() && b.desk.folder().try_lock(FILE).unwrap().is_none());
    let (side, _) = b.desk.get(FILE).await.unwrap();
    assert_eq!((side.version, side.text.as_str()), (1, TEXT));
    b.desk.open_file(&who("bea"), FILE).await.unwrap();
    let text = TEXT.replace("112", "98");
    let refused = b.desk.save(&ada, &opened.session, work(1, &text)).await;
    assert!(matches!(refused, Err(DeskError::Busy(_))), "{refused:?}");
    assert_eq!(b.on_disk(), TEXT);
    drop(elsewhere);
    let outcome = b.desk.save(&ada, &opened.session, work(1, &text)).await;
    assert_eq!(saved(outcome.unwrap()).version, 2);
}

#[tokio::test]
async fn a_save_whose_person_hangs_up_is_done_to_its_end_in_their_name() {
    let b = bench();
    let ada = who("ada");
    let opened = b.desk.open_file(&ada, FILE).await.unwrap();
    let text = TEXT.replace("112", "98");
    let is_written = async {
        while b.on_disk() == TEXT {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = is_written => {}
        _ = b.desk.save(&ada, &opened.session, work(1, &text)) => {}
    }
    for _ in 0..500 {
        if b.desk.room(FILE).await.unwrap().version == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    b.desk.look_around().await.unwrap();
    let versions = b.desk.versions(FILE).await.unwrap();
    let told: Vec<_> = versions
        .iter()
        .map(|it| (it.version, it.by.as_str()))
        .collect();
    assert_eq!(told, [(2, "ada"), (1, "Found in the folder")]);
    assert_eq!(fs::read_to_string(b.folder.join(FILE)).unwrap(), text);
}
