//! What the server remembers of itself: a sample every few seconds for an hour, a coarser one for a day. Both are of
//! one size from the start, and gone with the process: what is to be kept longer is collected from `/metrics`. Only on the server.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use holdfast::{Clock, StateManager, Timestamp, backend::Cache};
use tokio::task::JoinHandle;

use super::{
    keep::Keep,
    sample::{Sample, Totals},
    vitals::{Budgets, Vitals},
};

/// Samples of each kind: an hour at one in five seconds.
const SAMPLES: usize = 720;
/// Fine samples to a coarse one: a day of those.
const COARSE: u32 = 24;

/// What the Monitor watches, and what it remembers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Monitor(Arc<Watched>);

/// What the Monitor is put together from.
#[derive(Debug)]
pub struct MonitorParts {
    /// The engine.
    pub states: StateManager,
    /// In front of the states, if there is one.
    pub cache: Option<Arc<Cache>>,
    /// What the program knows of itself.
    pub vitals: Arc<dyn Vitals>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where states are kept, in words.
    pub backend: &'static str,
    /// How much there may be.
    pub budgets: Budgets,
    /// Where on an operation is slow.
    pub slow_above: Duration,
    /// The backups.
    pub keep: Keep,
}

#[derive(Debug)]
struct Watched {
    parts: MonitorParts,
    pages: Mutex<Pages>,
}

#[derive(Debug)]
struct Pages {
    fine: VecDeque<Sample>,
    coarse: VecDeque<Sample>,
    /// The readings that the next samples begin at.
    last: Totals,
    last_coarse: Totals,
    since_coarse: u32,
}

impl Monitor {
    /// Begins to remember.
    pub fn new(parts: MonitorParts) -> Self {
        let now = read(&parts);
        let pages = Pages {
            fine: VecDeque::with_capacity(SAMPLES),
            coarse: VecDeque::with_capacity(SAMPLES),
            last: now.clone(),
            last_coarse: now,
            since_coarse: 0,
        };
        Self(Arc::new(Watched {
            parts,
            pages: Mutex::new(pages),
        }))
    }

    /// Takes a sample every so often, and makes the backups that are due, until the returned guard is dropped.
    pub fn begin(&self, every: Duration) -> Sampling {
        let monitor = self.clone();
        Sampling(tokio::spawn(async move {
            let begin = tokio::time::Instant::now() + every;
            let mut ticks = tokio::time::interval_at(begin, every);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                monitor.take_sample();
                monitor.parts().keep.make_if_due().await;
            }
        }))
    }

    /// Takes one.
    pub fn take_sample(&self) {
        let now = read(&self.0.parts);
        let mut pages = self.pages();
        let sample = now.since(&pages.last);
        push(&mut pages.fine, sample);
        pages.since_coarse += 1;
        if pages.since_coarse == COARSE {
            let coarse = now.since(&pages.last_coarse);
            push(&mut pages.coarse, coarse);
            pages.last_coarse = now.clone();
            pages.since_coarse = 0;
        }
        pages.last = now;
    }

    /// The backups.
    pub fn keep(&self) -> &Keep {
        &self.0.parts.keep
    }

    /// When the server was started.
    pub fn started_at(&self) -> Timestamp {
        self.0.parts.vitals.started_at()
    }

    pub(super) fn parts(&self) -> &MonitorParts {
        &self.0.parts
    }

    /// The counters as they stand, and what happened last: the newest sample, or what happened so far where there is none.
    pub(super) fn now(&self) -> (Totals, Sample) {
        let now = read(&self.0.parts);
        let pages = self.pages();
        let newest = pages.fine.back().copied();
        let sample = newest.unwrap_or_else(|| now.since(&pages.last));
        (now, sample)
    }

    /// Samples of the last minutes, the oldest first; coarse where fine ones do not reach.
    pub(super) fn samples(&self, minutes: u32) -> Vec<Sample> {
        let begin = self.0.parts.clock.now().0 - i64::from(minutes) * 60_000;
        let pages = self.pages();
        let reaches = |it: &VecDeque<Sample>| {
            it.len() < SAMPLES || it.front().is_some_and(|first| first.at <= begin)
        };
        let chosen = match reaches(&pages.fine) {
            true => &pages.fine,
            false => &pages.coarse,
        };
        chosen.iter().filter(|it| it.at >= begin).copied().collect()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn push(samples: &mut VecDeque<Sample>, sample: Sample) {
    if samples.len() == SAMPLES {
        samples.pop_front();
    }
    samples.push_back(sample);
}

fn read(parts: &MonitorParts) -> Totals {
    let cache = parts.cache.as_ref().map(|cache| cache.counts());
    Totals::read(
        parts.clock.now().0,
        &parts.states,
        cache,
        parts.vitals.read(),
    )
}

/// The sampling. It stops when this is dropped.
#[derive(Debug)]
#[must_use = "sampling stops when this is dropped"]
pub struct Sampling(JoinHandle<()>);

impl Drop for Sampling {
    fn drop(&mut self) {
        self.0.abort();
    }
}
