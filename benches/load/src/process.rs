//! What a process takes: processor time, memory, open files. Zero where the system does not say.

use std::{fs, path::Path, time::Duration};

use crate::error::{Error, Result};

/// What Linux counts processor time in.
const TICK: Duration = Duration::from_millis(10);

/// One process, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process(pub u32);

impl Process {
    /// This one.
    pub fn own() -> Self {
        Self(std::process::id())
    }

    /// Of all its threads since it began, in the system's name too.
    pub fn processor_time(self) -> Duration {
        let said = self.said("stat");
        // Behind the name, which may have anything in it: user and system time are the 12th and the 13th.
        let behind = said.rsplit(')').next().unwrap_or_default();
        let ticks = behind.split_whitespace().skip(11).take(2);
        ticks
            .filter_map(|it| it.parse().ok())
            .map(|ticks: u32| TICK * ticks)
            .sum()
    }

    /// Bytes of memory that are its own or shared at this moment.
    pub fn resident(self) -> u64 {
        let said = self.said("status");
        let line = said.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.unwrap_or_default() * 1024
    }

    /// Files and sockets that it has open.
    pub fn descriptors(self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.0)).map_or(0, Iterator::count)
    }

    fn said(self, file: &str) -> String {
        fs::read_to_string(Path::new("/proc").join(self.0.to_string()).join(file))
            .unwrap_or_default()
    }
}

/// Makes sure that a process may have so many files open; a server that is started here may have as many.
pub fn ensure_files(needs: u64) -> Result<()> {
    let said = Process::own().said("limits");
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let has = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    match has {
        Some(has) if has < needs => Err(Error::Files { has, needs }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_files_and_used_the_processor() {
        let mut sum = 0_u64;
        while Process::own().processor_time() < TICK * 2 {
            sum = (0..100_000_u64).fold(sum, u64::wrapping_add);
        }
        assert!(Process::own().resident() > 1 << 20);
        assert!(Process::own().descriptors() > 2);
        assert_eq!(Process(u32::MAX).resident(), 0);
        assert!(ensure_files(1).is_ok());
        assert!(ensure_files(u64::MAX - 1).is_err());
    }
}
