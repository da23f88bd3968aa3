//! What the system tells of this process. Only Linux does; elsewhere nothing is told.

use std::fs;

/// Ticks of the processor's clock in a second, as Linux counts them for every program (`USER_HZ`).
const TICKS: f64 = 100.0;

/// What was told.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Process {
    /// Bytes of memory that it has.
    pub(crate) resident: Option<u64>,
    /// Its threads.
    pub(crate) threads: Option<u64>,
    /// Seconds of processor time that it used.
    pub(crate) seconds: Option<f64>,
    /// Files and sockets that it has open.
    pub(crate) open_files: Option<u64>,
}

impl Process {
    pub(crate) fn read() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let files = fs::read_dir("/proc/self/fd").ok();
        Self {
            resident: number(&status, "VmRSS:").map(|kilobytes| kilobytes * 1024),
            threads: number(&status, "Threads:"),
            seconds: seconds(&fs::read_to_string("/proc/self/stat").unwrap_or_default()),
            open_files: files.map(|files| files.count() as u64),
        }
    }
}

fn number(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The fields behind the program's name, which may hold anything but ends with the last bracket.
fn seconds(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_tells_is_understood() {
        let status = "Name:\tholdfast\nVmRSS:\t   51200 kB\nThreads:\t9\n";
        assert_eq!(number(status, "VmRSS:"), Some(51_200));
        assert_eq!(number(status, "Threads:"), Some(9));
        assert_eq!(number(status, "VmSwap:"), None);
        let stat = "42 (a ) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0";
        assert_eq!(seconds(stat), Some(3.0));
        assert_eq!(seconds(""), None);
    }
}
