//! What came before what, also in several processes.

use std::{
    fs::File,
    io::{Seek, Write},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

/// Numbers moments: one that was over before another began has the lower number.
#[derive(Debug)]
pub enum Clock {
    /// Of this process.
    Own(AtomicU64),
    /// Of all that have this file: each moment puts a byte behind the others, and is numbered by how many there are
    /// then. The system lets one at a time append.
    Shared(Mutex<File>),
}

impl Clock {
    pub fn own() -> Self {
        Self::Own(AtomicU64::new(0))
    }

    pub fn shared(file: &Path) -> Self {
        let file = File::options().create(true).append(true).open(file);
        Self::Shared(Mutex::new(file.unwrap()))
    }

    pub fn tick(&self) -> u64 {
        match self {
            Self::Own(now) => now.fetch_add(1, SeqCst),
            Self::Shared(file) => {
                let mut file = file.lock().unwrap();
                file.write_all(b".").unwrap();
                file.stream_position().unwrap()
            }
        }
    }
}

#[test]
fn clocks_that_share_a_file_number_all_moments_in_one_order() {
    const EACH: u64 = 1000;
    let folder = tempfile::tempdir().unwrap();
    let clocks = [0; 4].map(|_| Clock::shared(&folder.path().join("clock")));
    let mut ticks: Vec<u64> = std::thread::scope(|scope| {
        let ticking = clocks.each_ref().map(|clock| {
            scope.spawn(move || {
                let ticks: Vec<u64> = (0..EACH).map(|_| clock.tick()).collect();
                assert!(ticks.is_sorted_by(|one, next| one < next));
                ticks
            })
        });
        let ticks = ticking.into_iter().map(|one| one.join().unwrap());
        ticks.flatten().collect()
    });
    ticks.sort_unstable();
    assert!(ticks.into_iter().eq(1..=4 * EACH));
    let after = clocks.each_ref().map(Clock::tick);
    assert_eq!(after, [1, 2, 3, 4].map(|n| 4 * EACH + n));
}
