//! The machine's cores for one question: the same work over many columns at once.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::available_parallelism,
};

use crate::Error;

/// Threads a question may use.
pub(crate) fn threads() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// `work(0)` to `work(count - 1)` on the machine's cores; results in order. The first failure ends it.
pub(crate) fn parallel<T: Send>(
    count: usize,
    work: impl Fn(usize) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    parallel_on(threads(), count, work)
}

/// The same on so many threads.
pub(crate) fn parallel_on<T: Send>(
    threads: usize,
    count: usize,
    work: impl Fn(usize) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(count));
    let run = || -> Result<(), Error> {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return Ok(());
            }
            let value = work(at).inspect_err(|_| next.store(count, Ordering::Relaxed))?;
            done.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((at, value));
        }
    };
    std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads.min(count)).map(|_| scope.spawn(run)).collect();
        let mine = run();
        helpers.into_iter().fold(mine, |before, helper| {
            let panicked = |_| Err(Error::Internal("a worker thread panicked".into()));
            let result = helper.join().unwrap_or_else(panicked);
            before.and(result)
        })
    })?;
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
