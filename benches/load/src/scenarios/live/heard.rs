//! When each change was sent, and how long it took until it was heard.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crate::histogram::Histogram;

/// Changes of one session that may be on their way at once.
const UNDER_WAY: u64 = 64;

/// When each change was sent, and how long those took that were heard.
#[derive(Debug)]
pub struct Heard {
    epoch: Instant,
    /// By session, in a ring by version.
    sent: Vec<Vec<AtomicU64>>,
    took: Mutex<Histogram>,
    /// Connections that are over.
    ended: AtomicUsize,
}

impl Heard {
    pub fn of(sessions: usize) -> Self {
        let ring = || (0..UNDER_WAY).map(|_| AtomicU64::new(0)).collect();
        Self {
            epoch: Instant::now(),
            sent: (0..sessions).map(|_| ring()).collect(),
            took: Mutex::new(Histogram::new()),
            ended: AtomicUsize::new(0),
        }
    }

    pub fn send(&self, whose: usize, version: u64) {
        if let Some(at) = self.place(whose, version) {
            at.store(self.now(), Ordering::Relaxed);
        }
    }

    pub fn take(&self, whose: usize, text: &str) {
        let version = version(text);
        if let Some(sent) = version.and_then(|version| self.place(whose, version)) {
            let took = self.now().saturating_sub(sent.load(Ordering::Relaxed));
            let mut all = self.took.lock().unwrap_or_else(PoisonError::into_inner);
            all.record(Duration::from_micros(took));
        }
    }

    /// What this share of them took at the most.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        took.quantile(share)
    }

    /// One connection more is over.
    pub fn end(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    pub fn ended(&self) -> usize {
        self.ended.load(Ordering::Relaxed)
    }

    fn place(&self, whose: usize, version: u64) -> Option<&AtomicU64> {
        self.sent.get(whose)?.get((version % UNDER_WAY) as usize)
    }

    pub fn count(&self) -> usize {
        self.took
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .count() as usize
    }

    fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Of which version of the state it tells; `None` if it tells of something else.
fn version(text: &str) -> Option<u64> {
    let is_ours = text.contains(r#""event":"change""#) && text.contains(r#""name":"live""#);
    let (_, rest) = text.split_once(r#""version":"#).filter(|_| is_ours)?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_version_of_our_state_is_found_in_what_is_told() {
        let told = r#"{"event":"change","revision":42,"data":{"kind":"note","name":"live","version":17,"client":null}}"#;
        assert_eq!(version(told), Some(17));
        assert_eq!(version(&told.replace("live", "study.name")), None);
        assert_eq!(version(r#"{"event":"open","revision":41}"#), None);
    }
}
